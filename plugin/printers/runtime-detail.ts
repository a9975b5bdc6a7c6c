import { isPodReady, type Pod } from '../../crds/client/resources.ts';
import { age } from '../../crds/v1alpha1/age.ts';
import { ANNOTATION_ISOLATION } from '../../crds/v1alpha1/names.ts';
import { phaseOf, type Run } from '../../crds/v1alpha1/run.ts';
import { runLimitsOf } from '../../crds/v1alpha1/run-limits.ts';
import { capacityOf, type Isolation, isolationOf, type Runtime } from '../../crds/v1alpha1/runtime.ts';
import type { RuntimeDescription } from '../services/describe/describe-runtime.ts';
import { eventsText, type Field, fieldsText, headOf, instant, tableSection } from './detail.ts';
import { poolText } from './pool.ts';
import type { DetailOptions } from './run-detail.ts';
import { plain } from './table.ts';
import { quantities } from './waiting.ts';

/** One Runtime in full: how it stands and why, its Pods, what it runs. */
export function runtimeDetailText(description: RuntimeDescription, { now }: DetailOptions): string {
  const { runtime, runs, events } = description;
  return [
    fieldsText([...headOf(runtime), ...stateOf(runtime), ...specOf(description, now), ['Runs', countsOf(runs)]]),
    conditionsText(runtime, now),
    poolText(description, now),
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

function specOf({ runtime, pods = [] }: RuntimeDescription, now: number): Field[] {
  const { template, artifactStore, workspace } = runtime.spec;
  const { filesystem, s3 } = artifactStore ?? {};
  const store = filesystem ? `volume claim ${filesystem.volumeClaimName}` : s3 && `S3 bucket ${s3.bucket}`;
  return [
    ['Image', template.spec.containers[0]?.image],
    ['Each Pod', quantities(capacityOf(runtime))],
    ['Isolation', isolationText(runtime, pods)],
    ['Each Run', limitsOf(runtime)],
    ['Account', template.spec.serviceAccountName],
    ['Artifacts', store],
    ['Workspace', workspace && Object.keys(workspace).join(', ')],
    ['Created', instant(runtime.metadata.creationTimestamp, now)],
  ];
}

/** What the Runtime asks for, and what Pods still have that take Runs and are to be replaced. */
function isolationText(runtime: Runtime, pods: readonly Pod[]): string {
  const wanted = isolationOf(runtime);
  const tiers = pods.filter(isPodReady).map(({ metadata }) => metadata.annotations?.[ANNOTATION_ISOLATION] ?? UNTOLD);
  const others = [...Map.groupBy(tiers, tier => tier)].filter(([tier]) => tier !== wanted);
  const told = others.map(([tier, { length }]) => `${tier} still on ${length} of ${tiers.length} Pods`);
  return told.length > 0 ? `${wanted} (${told.join(', ')})` : wanted;
}

/** What Pods have that an older controller made. */
const UNTOLD: Isolation = 'SharedUser';

function limitsOf(runtime: Runtime): string {
  const { memory = 'what the container has', processes, disk } = runLimitsOf(runtime);
  return `at most ${processes} processes, memory ${memory}, disk ${disk}`;
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
