import type { ObjectMeta } from '../../crds/v1alpha1/meta.ts';
import type { Run, RunPhase, RunSpec, RunStatus } from '../../crds/v1alpha1/run.ts';

/** Starts a Run of Runtime `bash` in namespace `default`, Pending, UID `uid-<name>`; end with `obj()`. */
export function makeRun(name: string): RunBuilder {
  return new RunBuilder(name);
}

/** Builds a Run step by step. */
export class RunBuilder {
  readonly #run: Run;

  constructor(name: string) {
    this.#run = {
      apiVersion: 'kruntimes.io/v1alpha1',
      kind: 'Run',
      metadata: { name, namespace: 'default', uid: `uid-${name}`, creationTimestamp: '2026-01-01T00:00:00Z' },
      spec: { runtime: 'bash', source: { inline: 'echo hello\n' } },
      status: { phase: 'Pending' },
    };
  }

  meta(metadata: ObjectMeta): this {
    Object.assign(this.#run.metadata, metadata);
    return this;
  }

  namespace(namespace: string): this {
    return this.meta({ namespace });
  }

  /** `at`: RFC 3339. */
  created(at: string): this {
    return this.meta({ creationTimestamp: at });
  }

  spec(spec: Partial<RunSpec>): this {
    Object.assign(this.#run.spec, spec);
    return this;
  }

  runtime(runtime: string): this {
    return this.spec({ runtime });
  }

  priority(priority: number): this {
    return this.spec({ priority });
  }

  requests(requests: Record<string, number>): this {
    return this.spec({ resources: { requests } });
  }

  cancelled(): this {
    return this.spec({ cancelRequested: true });
  }

  status(status: RunStatus): this {
    this.#run.status = { ...this.#run.status, ...status };
    return this;
  }

  /** Assigned to `pod`, whose UID is `uid-<pod>` unless given, as attempt 1. */
  scheduled(pod: string, podUID = `uid-${pod}`): this {
    const scheduledTime = '2026-01-01T00:00:00.010000Z';
    return this.status({ phase: 'Scheduled', assignedPod: pod, assignedPodUID: podUID, attempt: 1, scheduledTime });
  }

  running(pod: string, podUID = `uid-${pod}`): this {
    return this.scheduled(pod, podUID).status({ phase: 'Running', startTime: '2026-01-01T00:00:00.020000Z' });
  }

  /** `at`: RFC 3339. */
  ended(phase: RunPhase = 'Succeeded', at = '2026-01-01T00:00:01.000000Z'): this {
    return this.status({ phase, completionTime: at });
  }

  /** A copy of the Run as built so far. */
  obj(): Run {
    return structuredClone(this.#run);
  }
}
