import type { KubeList, KubeObject } from '../v1alpha1/meta.ts';

/** Which objects a `list` or `watch` is about; selectors are evaluated by the server. */
export interface Selection {
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
}

export interface ListOptions extends Selection {
  limit?: number;
  continue?: string;
  resourceVersion?: string;
  signal?: AbortSignal | undefined;
}

export interface WatchOptions extends Selection {
  /** Events after this version; absent: the present objects first, as ADDED. */
  resourceVersion?: string;
  timeoutSeconds?: number;
  signal?: AbortSignal | undefined;
}

export interface WriteOptions {
  /** Validate and answer as if done, but store nothing. */
  dryRun?: boolean;
  /** What the server does about unknown and duplicate fields; the server's default is Warn. */
  fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
  signal?: AbortSignal | undefined;
}

export interface PatchOptions extends WriteOptions {
  subresource?: 'status' | 'scale';
}

export interface DeleteOptions {
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  gracePeriodSeconds?: number;
  preconditions?: { uid?: string; resourceVersion?: string };
  dryRun?: boolean;
  signal?: AbortSignal | undefined;
}

/** A JSON merge patch (RFC 7386, an object; null removes) or a JSON patch (RFC 6902, an array). */
export type Patch = Record<string, unknown> | readonly JsonPatchOperation[];

export interface JsonPatchOperation {
  op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  path: string;
  from?: string;
  value?: unknown;
}

/** One event of a watch; an ERROR event is thrown as ApiError instead. */
export type WatchEvent<T> =
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: T }
  | { type: 'BOOKMARK'; object: { metadata: { resourceVersion: string } } };

/**
 * Typed access to one kind of object. Every call throws ApiError (the server refused), ConnectionError (no answer;
 * whether a write took place is not known), or the signal's reason. `namespace` undefined means all namespaces
 * where that makes sense, or a cluster-scoped object.
 */
export interface ResourceClient<T extends KubeObject> {
  readonly kind: string;
  get(name: string, namespace?: string, options?: { signal?: AbortSignal | undefined }): Promise<T>;
  /** One page; see `listAll` for all of them. */
  list(namespace?: string, options?: ListOptions): Promise<KubeList<T>>;
  /** Creates in `object.metadata.namespace`. */
  create(object: T, options?: WriteOptions): Promise<T>;
  /** Replaces the whole object; refused with a conflict when its resourceVersion is old. */
  replace(object: T, options?: WriteOptions): Promise<T>;
  patch(name: string, namespace: string | undefined, patch: Patch, options?: PatchOptions): Promise<T>;
  /** Asks for deletion; resolves when the server took it, which may be before the object is gone. */
  delete(name: string, namespace?: string, options?: DeleteOptions): Promise<void>;
  /** Ends without an error when the server closes it, which it does at any time; `watchFrom` in reflector.ts goes on. */
  watch(namespace: string | undefined, options?: WatchOptions): AsyncIterable<WatchEvent<T>>;
}

/** Every object that matches, page by page, with the resourceVersion of the whole list. */
export async function listAll<T extends KubeObject>(
  client: ResourceClient<T>,
  namespace: string | undefined,
  options: Omit<ListOptions, 'continue'> = {},
): Promise<KubeList<T>> {
  const first = await client.list(namespace, { limit: 500, ...options });
  const items = first.items;
  let token = first.metadata.continue;
  while (token) {
    const page = await client.list(namespace, { limit: 500, ...options, continue: token });
    items.push(...page.items);
    token = page.metadata.continue;
  }
  return { ...first, items, metadata: { ...first.metadata, continue: '' } };
}
