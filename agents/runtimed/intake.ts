import { reflect } from '../../crds/client/reflector.ts';
import type { ResourceClient } from '../../crds/client/resource-client.ts';
import { ACTIVE_RUNS_SELECTOR, type Run } from '../../crds/v1alpha1/run.ts';
import type { Clock } from '../lib/clock.ts';
import type { PodIdentity } from './status/run-status.ts';
import type { Supervisor } from './supervisor.ts';

/** What following the Runs of a Pod needs. */
export interface IntakeOptions {
  readonly runs: ResourceClient<Run>;
  readonly pod: PodIdentity;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly supervisor: Pick<Supervisor, 'replace' | 'see' | 'gone'>;
  readonly onSynced: () => void;
  readonly onRetry: (error: unknown, delayMs: number) => void;
}

/** Which Runs are this Pod's: chosen by the API server. */
export function runsOfPod(pod: Pick<PodIdentity, 'name'>): string {
  return `status.assignedPod=${pod.name},${ACTIVE_RUNS_SELECTOR}`;
}

/** Tells the supervisor how the Runs assigned to this Pod stand, until the signal aborts. */
export async function followRuns(options: IntakeOptions): Promise<void> {
  const { runs: client, pod, clock, signal, supervisor, onSynced, onRetry } = options;
  const fieldSelector = runsOfPod(pod);
  for await (const event of reflect({ client, clock, signal, namespace: pod.namespace, fieldSelector, onRetry })) {
    if (event.type === 'changed') supervisor.see(event.object);
    else if (event.type === 'deleted') supervisor.gone(event.object);
    else {
      supervisor.replace(event.objects);
      onSynced();
    }
  }
}
