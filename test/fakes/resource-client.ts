import { ApiError, type ApiStatus, ConnectionError } from '../../crds/client/api-error.ts';
import type {
  DeleteOptions,
  ListOptions,
  Patch,
  PatchOptions,
  ResourceClient,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from '../../crds/client/resource-client.ts';
import { apiVersionOf, type ResourceInfo } from '../../crds/client/resources.ts';
import type { KubeList, KubeObject } from '../../crds/v1alpha1/meta.ts';
import { applyPatch } from './patch.ts';
import { isSelected } from './selectors.ts';
import { WatchLog } from './watch-log.ts';

export type Verb = 'get' | 'list' | 'create' | 'replace' | 'patch' | 'delete' | 'watch';

/** A call that came in; `subresource` is set for patches of one. */
export interface Call {
  readonly verb: Verb;
  readonly name: string;
  readonly subresource?: string | undefined;
  readonly body?: unknown;
}

export interface FakeOptions<T> {
  /** Whether `status` is a subresource: other writes leave it as it is, and its writes nothing else. Default true. */
  hasStatus?: boolean;
  /** What the server fills in on create. */
  defaults?: (object: T) => T;
  /** Why the server refuses a write (422); undefined where it is well. */
  refuse?: (next: T, previous: T | undefined) => string | undefined;
  /** Shared by the kinds of one server. */
  versions?: { last: number };
  /** For creationTimestamp, in milliseconds. */
  now?: () => number;
}

const WRITES: readonly Verb[] = ['create', 'replace', 'patch', 'delete'];

/** An API server for one kind, in memory, with faults to order. All objects are copied on their way in and out. */
export class FakeResourceClient<T extends KubeObject> implements ResourceClient<T> {
  readonly kind: string;
  readonly calls: Call[] = [];
  readonly log = new WatchLog<T>();
  /** Runs before each call; may throw, wait, or write by another hand, to stage a race. */
  before: ((call: Call) => void | Promise<void>) | undefined;
  readonly #info: ResourceInfo;
  readonly #options: FakeOptions<T>;
  readonly #versions: { last: number };
  readonly #objects = new Map<string, T>();
  readonly #faults: { verb: Verb; error: Error; committed: boolean }[] = [];

  constructor(info: ResourceInfo, options: FakeOptions<T> = {}) {
    this.kind = info.kind;
    this.#info = info;
    this.#options = options;
    this.#versions = options.versions ?? { last: 100 };
  }

  /** The next `verb` fails with `error` and does nothing. */
  failNext(verb: Verb, error: Error): void {
    this.#faults.push({ verb, error, committed: false });
  }

  /** The next `verb` takes place, but its answer is lost: the caller sees a ConnectionError. */
  loseReply(verb: Verb): void {
    const cut = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    this.#faults.push({ verb, error: new ConnectionError('fake', cut), committed: true });
  }

  /** Number of writes that came in, refused ones too. */
  get writes(): number {
    return this.calls.filter(call => WRITES.includes(call.verb)).length;
  }

  /** Stores an object as it is, status and all, as if another hand had written it. */
  seed(object: T): T {
    const { namespace = 'default', name = '' } = object.metadata;
    const old = this.#objects.get(key(namespace, name));
    return this.#store(this.#complete(structuredClone(object), old), old);
  }

  /** What is stored now, without a call; undefined where it is not there. */
  peek(name: string, namespace = 'default'): T | undefined {
    return structuredClone(this.#objects.get(key(namespace, name)));
  }

  /** Every stored object, without a call. */
  all(): T[] {
    return structuredClone([...this.#objects.values()]);
  }

  /** Takes an object away at once, as if another hand had deleted it. */
  remove(name: string, namespace = 'default'): void {
    const old = this.#objects.get(key(namespace, name));
    if (!old) return;
    this.#objects.delete(key(namespace, name));
    const after = structuredClone(old);
    after.metadata.resourceVersion = String(++this.#versions.last);
    this.log.add({ version: this.#versions.last, before: old, after, deleted: true });
  }

  get(name: string, namespace = 'default'): Promise<T> {
    return this.#call({ verb: 'get', name }, () => structuredClone(this.#find(name, namespace)));
  }

  list(namespace?: string, options: ListOptions = {}): Promise<KubeList<T>> {
    return this.#call({ verb: 'list', name: '' }, () => {
      const items = [...this.#objects.values()].filter(
        object => (namespace === undefined || object.metadata.namespace === namespace) && isSelected(object, options),
      );
      return { metadata: { resourceVersion: String(this.#versions.last) }, items: structuredClone(items) };
    });
  }

  create(object: T, options: WriteOptions = {}): Promise<T> {
    return this.#call({ verb: 'create', name: object.metadata.name ?? '', body: object }, () => {
      const next = structuredClone(object);
      next.metadata.name ??= `${next.metadata.generateName}${this.#versions.last + 1}`;
      const { namespace = 'default', name } = next.metadata;
      if (this.#objects.has(key(namespace, name))) throw this.#error(409, 'AlreadyExists', `${name} already exists`);
      if (this.#splitsStatus) delete (next as { status?: unknown }).status;
      return this.#commit(this.#complete(this.#options.defaults?.(next) ?? next, undefined), undefined, options);
    });
  }

  replace(object: T, options: WriteOptions = {}): Promise<T> {
    const { name = '', namespace = 'default' } = object.metadata;
    return this.#call({ verb: 'replace', name, body: object }, () => {
      const old = this.#find(name, namespace);
      return this.#update(old, structuredClone(object), 'main', options);
    });
  }

  patch(name: string, namespace = 'default', patch: Patch, options: PatchOptions = {}): Promise<T> {
    const { subresource } = options;
    return this.#call({ verb: 'patch', name, subresource, body: patch }, () => {
      const old = this.#find(name, namespace);
      let next: T;
      try {
        next = applyPatch(old, patch);
      } catch (error) {
        throw this.#error(422, 'Invalid', `the server rejected our request: ${(error as Error).message}`);
      }
      return this.#update(old, next, subresource === 'status' ? 'status' : 'main', options);
    });
  }

  delete(name: string, namespace = 'default', options: DeleteOptions = {}): Promise<void> {
    return this.#call({ verb: 'delete', name, body: options }, () => {
      const old = this.#find(name, namespace);
      const { uid, resourceVersion } = options.preconditions ?? {};
      const wrong =
        (uid && uid !== old.metadata.uid) || (resourceVersion && resourceVersion !== old.metadata.resourceVersion);
      if (wrong) throw this.#error(409, 'Conflict', `precondition failed for ${name}`);
      if (options.dryRun) return;
      if (old.metadata.finalizers?.length) {
        const next = structuredClone(old);
        next.metadata.deletionTimestamp ??= this.#time();
        this.#store(next, old);
      } else this.remove(name, namespace);
    });
  }

  async *watch(namespace: string | undefined, options: WatchOptions = {}): AsyncGenerator<WatchEvent<T>> {
    const { resourceVersion, signal, ...selection } = options;
    await this.#call({ verb: 'watch', name: '' }, () => undefined);
    if (resourceVersion === undefined) {
      const present = await this.list(namespace, selection);
      for (const object of present.items) yield { type: 'ADDED', object };
      yield* this.log.watch(namespace, selection, Number(present.metadata.resourceVersion), signal);
    } else yield* this.log.watch(namespace, selection, Number(resourceVersion), signal);
  }

  get #splitsStatus(): boolean {
    return this.#options.hasStatus ?? true;
  }

  #find(name: string, namespace: string): T {
    const found = this.#objects.get(key(namespace, name));
    if (!found) throw this.#error(404, 'NotFound', `${this.kind} "${name}" not found`, { name, kind: this.kind });
    return found;
  }

  #update(old: T, next: T, part: 'main' | 'status', options: WriteOptions): T {
    const { resourceVersion, uid } = next.metadata;
    if (resourceVersion && resourceVersion !== old.metadata.resourceVersion) {
      throw this.#error(
        409,
        'Conflict',
        'the object has been modified; please apply your changes to the latest version',
      );
    }
    if (uid && uid !== old.metadata.uid) throw this.#error(409, 'Conflict', 'the UID in the precondition differs');
    let result: T = next;
    if (this.#splitsStatus) {
      const from = part === 'status' ? next : old;
      result = { ...(part === 'status' ? old : next) } as T;
      Object.assign(result, { status: (from as { status?: unknown }).status });
    }
    return this.#commit(this.#complete(structuredClone(result), old), old, options);
  }

  #commit(next: T, old: T | undefined, options: WriteOptions): T {
    const why = this.#options.refuse?.(next, old);
    if (why !== undefined) throw this.#error(422, 'Invalid', why);
    if (options.dryRun) return structuredClone(next);
    // a server stores nothing, and tells nobody, when a write changes nothing
    if (old && JSON.stringify(next) === JSON.stringify(old)) return structuredClone(old);
    return this.#store(next, old);
  }

  /** Fills in what the server owns of the metadata. */
  #complete(next: T, old: T | undefined): T {
    const { namespace = 'default', name } = next.metadata;
    const changed = JSON.stringify(specOf(old)) !== JSON.stringify(specOf(next));
    next.metadata = {
      ...next.metadata,
      name: name!,
      namespace,
      uid: old?.metadata.uid ?? next.metadata.uid ?? `uid-of-${name}-${this.#versions.last + 1}`,
      creationTimestamp: old?.metadata.creationTimestamp ?? next.metadata.creationTimestamp ?? this.#time(),
      generation: old ? (old.metadata.generation ?? 1) + (changed ? 1 : 0) : (next.metadata.generation ?? 1),
      resourceVersion: old?.metadata.resourceVersion ?? '',
    };
    return { ...next, apiVersion: apiVersionOf(this.#info), kind: this.kind };
  }

  #store(next: T, old: T | undefined): T {
    const version = ++this.#versions.last;
    next.metadata.resourceVersion = String(version);
    const { namespace, name, finalizers, deletionTimestamp } = next.metadata;
    const gone = deletionTimestamp && old?.metadata.finalizers?.length && !finalizers?.length;
    if (gone) this.#objects.delete(key(namespace!, name!));
    else this.#objects.set(key(namespace!, name!), next);
    this.log.add({ version, before: old, after: next, deleted: Boolean(gone) });
    return structuredClone(next);
  }

  #time(): string {
    return `${new Date(this.#options.now?.() ?? 0).toISOString().slice(0, 19)}Z`;
  }

  #error(code: number, reason: string, message: string, details?: ApiStatus['details']): ApiError {
    return new ApiError(code, {
      kind: 'Status',
      status: 'Failure',
      code,
      reason,
      message,
      ...(details && { details }),
    });
  }

  async #call<R>(call: Call, act: () => R): Promise<R> {
    this.calls.push(call);
    const index = this.#faults.findIndex(fault => fault.verb === call.verb);
    const fault = index < 0 ? undefined : this.#faults.splice(index, 1)[0];
    await this.before?.(call);
    if (fault && !fault.committed) throw fault.error;
    const result = act();
    if (fault) throw fault.error;
    return result;
  }
}

const key = (namespace: string, name: string | undefined) => `${namespace}/${name}`;
const specOf = (object: KubeObject | undefined) => {
  const { metadata: _metadata, status: _status, ...rest } = (object ?? {}) as Record<string, unknown>;
  return rest;
};
