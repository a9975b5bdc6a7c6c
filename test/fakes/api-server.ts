import { PassThrough } from 'node:stream';
import { ApiError } from '../../crds/client/api-error.ts';
import type { ApiRequest, Transport } from '../../crds/client/transport.ts';
import type { KubeObject } from '../../crds/v1alpha1/meta.ts';
import { kindOf } from '../../plugin/services/install/kinds.ts';

/** What is done, by path. */
export interface Done {
  readonly method: string;
  readonly path: string;
}

/**
 * The requests of an installer, answered from memory: discovery of the kinds given, server-side apply (of whole
 * objects: nobody else owns a field here), get, delete, and reviews of access.
 */
export class FakeApiServer {
  readonly objects = new Map<string, KubeObject>();
  readonly writes: Done[] = [];
  /** Verbs that the user may not, such as `create runs`. */
  readonly denied = new Set<string>();
  /** Of Kubernetes. */
  version = 'v1.37.0';
  /** Runs before each request; may throw. */
  before: ((request: ApiRequest) => void) | undefined;
  readonly #served = new Map<string, Set<string>>();

  constructor(kinds: readonly KubeObject[]) {
    for (const { group, version, plural } of kinds.map(kindOf)) {
      const path = group ? `/apis/${group}/${version}` : `/api/${version}`;
      this.#served.set(path, (this.#served.get(path) ?? new Set()).add(plural));
    }
  }

  /** Forgets a kind, as an older server does not have it. */
  withdraw(plural: string): void {
    for (const plurals of this.#served.values()) plurals.delete(plural);
  }

  readonly transport: Transport = {
    server: 'fake',
    json: async <T>(request: ApiRequest) => this.#answer(request) as T,
    // a watch that has no news
    stream: async ({ signal }) => {
      const silence = new PassThrough();
      signal?.addEventListener('abort', () => silence.destroy());
      return silence;
    },
    serverTime: undefined,
    close: () => undefined,
  };

  #answer(request: ApiRequest): unknown {
    this.before?.(request);
    const { method, path, body } = request;
    if (path === '/version') return { gitVersion: this.version };
    if (path === '/apis') return { groups: [] };
    if (path.endsWith('/selfsubjectaccessreviews')) return { status: { allowed: !this.denied.has(accessOf(body)) } };
    const served = this.#served.get(path);
    if (served) return { resources: [...served].map(name => ({ name })) };
    if (method === 'GET') return this.#find(path);
    this.writes.push({ method, path });
    if (method === 'PATCH') this.objects.set(path, structuredClone(body) as KubeObject);
    else {
      this.#find(path);
      this.objects.delete(path);
    }
    return body;
  }

  #find(path: string): KubeObject {
    const found = this.objects.get(path);
    if (!found) throw new ApiError(404, { message: 'not found', reason: 'NotFound', details: { name: path } });
    return structuredClone(found);
  }
}

function accessOf(body: unknown): string {
  const { verb, resource } = (body as { spec: { resourceAttributes: { verb: string; resource: string } } }).spec
    .resourceAttributes;
  return `${verb} ${resource}`;
}
