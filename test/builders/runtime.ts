import type { ObjectMeta } from '../../crds/v1alpha1/meta.ts';
import type { PodSpec, Runtime, RuntimeSpec, RuntimeStatus } from '../../crds/v1alpha1/runtime.ts';

/** Starts a Runtime like the one of the usage guide in namespace `default`, UID `uid-<name>`; end with `obj()`. */
export function makeRuntime(name = 'bash'): RuntimeBuilder {
  return new RuntimeBuilder(name);
}

/** Builds a Runtime step by step. */
export class RuntimeBuilder {
  readonly #runtime: Runtime;

  constructor(name: string) {
    this.#runtime = {
      apiVersion: 'kruntimes.io/v1alpha1',
      kind: 'Runtime',
      metadata: {
        name,
        namespace: 'default',
        uid: `uid-${name}`,
        generation: 1,
        creationTimestamp: '2026-01-01T00:00:00Z',
      },
      spec: {
        replicas: 2,
        capacity: { resources: { runs: 4 } },
        template: {
          metadata: { labels: { runtime: name } },
          spec: {
            containers: [
              {
                name: 'runtime',
                image: `kruntimes-${name}-runtime:latest`,
                imagePullPolicy: 'IfNotPresent',
                ports: [{ containerPort: 19091 }],
              },
            ],
          },
        },
      },
    };
  }

  meta(metadata: ObjectMeta): this {
    Object.assign(this.#runtime.metadata, metadata);
    return this;
  }

  spec(spec: Partial<RuntimeSpec>): this {
    Object.assign(this.#runtime.spec, spec);
    return this;
  }

  replicas(replicas: number): this {
    return this.spec({ replicas });
  }

  capacity(resources: Record<string, number>): this {
    return this.spec({ capacity: { resources } });
  }

  podSpec(spec: Partial<PodSpec>): this {
    Object.assign(this.#runtime.spec.template.spec, spec);
    return this;
  }

  status(status: RuntimeStatus): this {
    this.#runtime.status = { ...this.#runtime.status, ...status };
    return this;
  }

  /** A copy of the Runtime as built so far. */
  obj(): Runtime {
    return structuredClone(this.#runtime);
  }
}
