import { isPodReady, type Pod } from '../../crds/client/resources.ts';
import { age } from '../../crds/v1alpha1/age.ts';
import { ANNOTATION_CAPACITY } from '../../crds/v1alpha1/names.ts';
import { phaseOf, type Run, requestsOf } from '../../crds/v1alpha1/run.ts';
import { capacityOf, type Runtime } from '../../crds/v1alpha1/runtime.ts';
import type { RuntimeDescription } from '../services/describe/describe-runtime.ts';
import { eventsText, type Field, fieldsText, headOf, instant, tableSection } from './detail.ts';
import type { DetailOptions } from './run-detail.ts';
import { plain } from './table.ts';
import { quantities } from './waiting.ts';

/** One Runtime in full: how it stands and why, its Pods, what it runs. */
export function runtimeDetailText(description: RuntimeDescription, { now }: DetailOptions): string {
  const { runtime, pods, runs, events } = description;
  return [
    fieldsText([...headOf(runtime), ...stateOf(runtime), ...specOf(runtime, now), ['Runs', countsOf(runs)]]),
    conditionsText(runtime, now),
    pods === undefined ? fieldsText([['Pods', '<not allowed to list them>']]) : podsText(pods, runs, now),
    eventsText(events, now),
  ].join('');
}

function stateOf({ spec, status = {} }: Runtime): Field[] {
  const { readyReplicas = 0, slots } = status;
  return [
    ['Pods ready', `${readyReplicas} of ${spec.replicas ?? 1}`],
    ['Slots', slots && `${slots.used} of ${slots.total} used`],
  ];
}

function specOf(runtime: Runtime, now: number): Field[] {
  const { template, artifactStore, workspace } = runtime.spec;
  const { filesystem, s3 } = artifactStore ?? {};
  const store = filesystem ? `volume claim ${filesystem.volumeClaimName}` : s3 && `S3 bucket ${s3.bucket}`;
  return [
    ['Image', template.spec.containers[0]?.image],
    ['Each Pod', quantities(capacityOf(runtime))],
    ['Account', template.spec.serviceAccountName],
    ['Artifacts', store],
    ['Workspace', workspace && Object.keys(workspace).join(', ')],
    ['Created', instant(runtime.metadata.creationTimestamp, now)],
  ];
}

function countsOf(runs: readonly Run[]): string {
  const counts = Map.groupBy(runs, phaseOf);
  return [...counts].map(([phase, group]) => `${group.length} ${phase}`).join(', ') || 'none under way';
}

function conditionsText({ status }: Runtime, now: number): string {
  const rows = (status?.conditions ?? []).map(condition => [
    plain(condition.type),
    plain(condition.status),
    plain(condition.reason),
    plain(age(condition.lastTransitionTime, now)),
    plain(condition.message),
  ]);
  return tableSection('Conditions', ['TYPE', 'STATUS', 'REASON', 'AGE', 'MESSAGE'], rows);
}

function podsText(pods: readonly Pod[], runs: readonly Run[], now: number): string {
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
