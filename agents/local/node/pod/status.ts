import type { ContainerStatus, Pod } from '../../../../crds/client/resources.ts';
import { secondTime } from '../../../../crds/v1alpha1/time.ts';
import { LOOPBACK } from '../container/field.ts';
import { hasEnded, isDone, mayStart, type PodView } from './plan.ts';
import type { ContainerRecord, Ending } from './records.ts';

type PodStatus = NonNullable<Pod['status']>;
type Condition = NonNullable<PodStatus['conditions']>[number];
type StatusWithInit = PodStatus & { initContainerStatuses?: ContainerStatus[] };

/** The status of a Pod whose containers are as in `view`; times are kept where nothing changed since `pod`. */
export function podStatus(pod: Pod, view: PodView, startedAt: number, now: number): StatusWithInit {
  const images = new Map(
    [...(pod.spec.initContainers ?? []), ...pod.spec.containers].map(({ name, image = '' }) => [name, image]),
  );
  const uid = pod.metadata.uid ?? '';
  const isInitialised = view.init.every(isDone);
  const containers = (records: readonly ContainerRecord[], isInit: boolean) =>
    records.map(record =>
      containerStatus(record, {
        image: images.get(record.name) ?? '',
        id: `process://${uid}/${record.name}/${record.restarts}`,
        restarts: mayStart(record, view.policy, isInit),
        podName: `${pod.metadata.name}_${pod.metadata.namespace}(${uid})`,
        waitsForInit: !isInit && !isInitialised,
      }),
    );
  return {
    phase: phaseOf(view),
    hostIP: LOOPBACK,
    podIP: LOOPBACK,
    ...{ hostIPs: [{ ip: LOOPBACK }], podIPs: [{ ip: LOOPBACK }] },
    startTime: pod.status?.startTime ?? secondTime(startedAt),
    conditions: conditions(pod, view, secondTime(now)),
    ...(view.init.length > 0 && { initContainerStatuses: containers(view.init, true) }),
    containerStatuses: containers(view.main, false),
  };
}

/** As kubelets derive the phase. */
export function phaseOf(view: PodView): NonNullable<PodStatus['phase']> {
  const { init, main } = view;
  if (hasEnded(view)) return [...init, ...main].every(isDone) ? 'Succeeded' : 'Failed';
  if (!init.every(isDone)) return 'Pending';
  const neverStarted = main.some(({ state, last }) => state === 'waiting' && !last);
  return neverStarted ? 'Pending' : 'Running';
}

function conditions(pod: Pod, view: PodView, now: string): Condition[] {
  const unready = view.main.filter(({ state, ready }) => state !== 'running' || !ready).map(({ name }) => name);
  const undone = view.init.filter(record => !isDone(record)).map(({ name }) => name);
  const phase = phaseOf(view);
  const initialised = isTrue(
    undone.length === 0,
    'ContainersNotInitialized',
    `containers with incomplete status: `,
    undone,
  );
  const over = { Succeeded: 'PodCompleted', Failed: 'PodFailed' }[phase as string];
  const ready = over
    ? { status: 'False', reason: over }
    : isTrue(unready.length === 0, 'ContainersNotReady', `containers with unready status: `, unready);
  const wanted: Omit<Condition, 'lastTransitionTime'>[] = [
    { type: 'PodScheduled', status: 'True' },
    { type: 'Initialized', ...initialised },
    { type: 'ContainersReady', ...ready },
    { type: 'Ready', ...ready },
  ];
  return wanted.map(condition => {
    const old = pod.status?.conditions?.find(({ type }) => type === condition.type);
    const changed = old?.status !== condition.status || !old.lastTransitionTime;
    return { ...condition, lastTransitionTime: changed ? now : old.lastTransitionTime! };
  });
}

function isTrue(ok: boolean, reason: string, text: string, names: readonly string[]) {
  return ok ? { status: 'True' } : { status: 'False', reason, message: `${text}[${names.join(' ')}]` };
}

interface Told {
  image: string;
  id: string;
  /** Whether it is started again once it has ended. */
  restarts: boolean;
  podName: string;
  waitsForInit: boolean;
}

function containerStatus(record: ContainerRecord, told: Told): ContainerStatus {
  const { name, state, restarts, last, ending } = record;
  const backsOff = state === 'ended' && told.restarts;
  const previous = backsOff ? ending : last;
  return {
    name,
    image: told.image,
    imageID: '',
    ...(state !== 'waiting' && { containerID: told.id }),
    restartCount: restarts,
    ready: record.ready && state === 'running',
    started: record.started && state === 'running',
    state: stateOf(record, told, backsOff),
    lastState: previous ? { terminated: terminated(previous) } : {},
  };
}

function stateOf(record: ContainerRecord, told: Told, backsOff: boolean): Record<string, Record<string, unknown>> {
  const { name, state, reason, message, startedAt, ending, notBefore } = record;
  if (state === 'running') return { running: { startedAt: secondTime(startedAt) } };
  // the first restart comes at once: until then it has just ended
  if (backsOff && ending && notBefore > ending.finishedAt) {
    const seconds = Math.round((notBefore - ending.finishedAt) / 1000);
    const text = `back-off ${seconds}s restarting failed container=${name} pod=${told.podName}`;
    return { waiting: { reason: 'CrashLoopBackOff', message: text } };
  }
  if (state === 'ended' && ending) return { terminated: terminated(ending) };
  if (told.waitsForInit) return { waiting: { reason: 'PodInitializing' } };
  return { waiting: { reason, ...(message && { message }) } };
}

function terminated({ exitCode, signal, reason, message, startedAt, finishedAt }: Ending): Record<string, unknown> {
  const times = { startedAt: secondTime(startedAt), finishedAt: secondTime(finishedAt) };
  return { exitCode, ...(signal !== undefined && { signal }), reason, ...(message && { message }), ...times };
}
