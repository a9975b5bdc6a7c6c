import type { ContainerRecord } from './records.ts';
import type { RestartPolicy } from './spec.ts';

/** What a Pod's containers are, at one instant. */
export interface PodView {
  readonly policy: RestartPolicy;
  readonly init: readonly ContainerRecord[];
  readonly main: readonly ContainerRecord[];
}

/** What to do next. */
export interface PodPlan {
  /** Containers to start now. */
  readonly start: readonly string[];
  /** When to look again though nothing happens; Unix milliseconds. */
  readonly wakeAt?: number;
}

/** Containers whose image there is not wait for ever, and are told so. */
const NEVER_PULLED = ['ErrImagePull', 'ImagePullBackOff'];

/** Which containers are to be started, and when; nothing ever starts while it runs. */
export function planPod({ policy, init, main }: PodView, now: number): PodPlan {
  const current = init.find(record => !isDone(record));
  const candidates = current ? [current] : main;
  // an init container that failed for good holds the Pod for ever
  const wanted = candidates.filter(record => mayStart(record, policy, current !== undefined));
  const due = wanted.filter(record => record.notBefore <= now);
  const later = wanted.filter(record => record.notBefore > now).map(record => record.notBefore);
  return {
    start: due.map(({ name }) => name),
    ...(later.length > 0 && { wakeAt: Math.min(...later) }),
  };
}

/** Whether an init container has succeeded. */
export function isDone(record: ContainerRecord): boolean {
  return record.state === 'ended' && record.ending?.exitCode === 0;
}

/** Whether a container that does not run is ever to run (again). */
export function mayStart(record: ContainerRecord, policy: RestartPolicy, isInit: boolean): boolean {
  if (record.state === 'running') return false;
  if (record.state === 'waiting') return !NEVER_PULLED.includes(record.reason);
  if (policy === 'Never') return false;
  const succeeded = record.ending?.exitCode === 0;
  return isInit || policy === 'OnFailure' ? !succeeded : true;
}

/** Whether nothing of the Pod runs or will ever run again. */
export function hasEnded({ policy, init, main }: PodView): boolean {
  const stuck = init.some(record => record.state === 'ended' && !isDone(record) && policy === 'Never');
  if (stuck) return true;
  return main.every(record => record.state === 'ended' && !mayStart(record, policy, false));
}
