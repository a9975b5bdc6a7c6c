import { isForbidden } from '../../../crds/client/api-error.ts';
import { listAll } from '../../../crds/client/resource-client.ts';
import type { Pod } from '../../../crds/client/resources.ts';
import { LABEL_RUNTIME } from '../../../crds/v1alpha1/names.ts';
import { ACTIVE_RUNS_SELECTOR, phaseOf, type Run } from '../../../crds/v1alpha1/run.ts';
import type { DescribeOptions } from './describe-options.ts';

/** The Pods of a Runtime and the Runs that it has to do with now. */
export interface Pool {
  /** undefined: one may not look. */
  readonly pods: readonly Pod[] | undefined;
  /** Runs that have not ended. */
  readonly runs: readonly Run[];
}

/** Where a Run stands among those that wait. */
export interface QueuePlace {
  readonly ahead: number;
  /** All that wait, itself too. */
  readonly waiting: number;
}

/** Fetches the Pods of Runtime `name` and its Runs that have not ended. */
export async function fetchPool(options: DescribeOptions): Promise<Pool> {
  const { clients, namespace, name, signal } = options;
  const [pods, runs] = await Promise.all([
    fetchPods(options),
    listAll(clients.runs, namespace, { fieldSelector: `spec.runtime=${name},${ACTIVE_RUNS_SELECTOR}`, signal }),
  ]);
  return { pods, runs: runs.items };
}

/** The place of `run` by the scheduler's order: higher priority, then older, then first come. */
export function placeInQueue(run: Run, runs: readonly Run[]): QueuePlace {
  const waiting = runs.filter(other => phaseOf(other) === 'Pending');
  const ahead = waiting.filter(other => other.metadata.uid !== run.metadata.uid && isAhead(other, run));
  return { ahead: ahead.length, waiting: waiting.length };
}

function isAhead(a: Run, b: Run): boolean {
  const priority = (b.spec.priority ?? 0) - (a.spec.priority ?? 0);
  const created = Date.parse(a.metadata.creationTimestamp ?? '') - Date.parse(b.metadata.creationTimestamp ?? '');
  // creation is told in seconds; within one, versions tell who came first, as nothing else writes to a Run that waits
  const version = Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion);
  return (priority || created || version) < 0;
}

async function fetchPods({ clients, namespace, name, signal }: DescribeOptions): Promise<readonly Pod[] | undefined> {
  try {
    return (await listAll(clients.pods, namespace, { labelSelector: `${LABEL_RUNTIME}=${name}`, signal })).items;
  } catch (error) {
    if (isForbidden(error)) return undefined;
    throw error;
  }
}
