import type { Pod } from '../../crds/client/resources.ts';
import type { ObjectMeta } from '../../crds/v1alpha1/meta.ts';
import { ANNOTATION_CAPACITY, LABEL_RUNTIME } from '../../crds/v1alpha1/names.ts';

/** Starts a ready Pod of Runtime `bash` with 4 slots in namespace `default`, UID `uid-<name>`; end with `obj()`. */
export function makePod(name: string): PodBuilder {
  return new PodBuilder(name);
}

/** Builds a Runtime Pod step by step. */
export class PodBuilder {
  readonly #pod: Pod;

  constructor(name: string) {
    this.#pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace: 'default',
        uid: `uid-${name}`,
        creationTimestamp: '2026-01-01T00:00:00Z',
        labels: { [LABEL_RUNTIME]: 'bash' },
        annotations: { [ANNOTATION_CAPACITY]: '{"runs":4}' },
      },
      spec: { containers: [{ name: 'runtime' }, { name: 'runtimed' }] },
      status: {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }],
      },
    };
  }

  meta(metadata: ObjectMeta): this {
    Object.assign(this.#pod.metadata, metadata);
    return this;
  }

  namespace(namespace: string): this {
    return this.meta({ namespace });
  }

  runtime(runtime: string): this {
    return this.meta({ labels: { [LABEL_RUNTIME]: runtime } });
  }

  capacity(resources: Record<string, number>): this {
    return this.meta({ annotations: { [ANNOTATION_CAPACITY]: JSON.stringify(resources) } });
  }

  /** `since`: RFC 3339. */
  notReady(since = '2026-01-01T00:00:00Z'): this {
    return this.status({ conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: since }] });
  }

  deleting(at = '2026-01-01T00:00:30Z'): this {
    return this.meta({ deletionTimestamp: at });
  }

  status(status: Pod['status']): this {
    this.#pod.status = { ...this.#pod.status, ...status };
    return this;
  }

  /** A copy of the Pod as built so far. */
  obj(): Pod {
    return structuredClone(this.#pod);
  }
}
