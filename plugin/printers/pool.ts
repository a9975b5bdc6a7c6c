import { isPodReady, type Pod } from '../../crds/client/resources.ts';
import { age } from '../../crds/v1alpha1/age.ts';
import { ANNOTATION_CAPACITY } from '../../crds/v1alpha1/names.ts';
import { type Run, requestsOf } from '../../crds/v1alpha1/run.ts';
import type { Pool } from '../services/describe/pool.ts';
import { fieldsText, tableSection } from './detail.ts';
import { plain } from './table.ts';

/** The Pods of a Runtime, with what keeps those from being ready that are not. */
export function poolText({ pods, runs }: Pool, now: number): string {
  if (pods === undefined) return fieldsText([['Pods', '<not allowed to list them>']]);
  const rows = pods.map(pod => [
    plain(pod.metadata.name),
    plain(isPodReady(pod) ? 'yes' : 'no'),
    plain(`${slotsUsed(pod, runs)}/${slotsOf(pod)}`),
    plain((pod.status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0)),
    plain(age(pod.metadata.creationTimestamp, now)),
    plain(whyNotReady(pod)),
  ]);
  return tableSection('Pods', ['NAME', 'READY', 'SLOTS', 'RESTARTS', 'AGE', 'STATUS'], rows);
}

function slotsUsed(pod: Pod, runs: readonly Run[]): number {
  const mine = runs.filter(run => run.status?.assignedPodUID === pod.metadata.uid);
  return mine.reduce((sum, run) => sum + (requestsOf(run)['runs'] ?? 1), 0);
}

function slotsOf(pod: Pod): string {
  const [, runs] = /"runs":\s*(\d+)/.exec(pod.metadata.annotations?.[ANNOTATION_CAPACITY] ?? '') ?? [];
  return runs ?? '?';
}

/** The most telling state of a Pod: what keeps a container, else a condition, from being well. */
function whyNotReady(pod: Pod): string {
  if (pod.metadata.deletionTimestamp) return 'Terminating';
  for (const { state } of pod.status?.containerStatuses ?? []) {
    const held = state?.['waiting'] ?? state?.['terminated'];
    if (held?.['reason']) return [held['reason'], held['message']].filter(Boolean).join(': ');
  }
  const failed = pod.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  return failed?.message ?? pod.status?.reason ?? pod.status?.phase ?? 'Unknown';
}
