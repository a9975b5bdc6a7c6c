import { isNotFound } from '../../../crds/client/api-error.ts';
import type { Clock } from '../../../crds/client/clock.ts';
import { reflect } from '../../../crds/client/reflector.ts';
import type { ResourceClient } from '../../../crds/client/resource-client.ts';
import type { KubeObject } from '../../../crds/v1alpha1/meta.ts';
import { deadlineError, internalError } from '../../errors.ts';
import { judgeFailures } from '../outage.ts';
import { track } from '../track.ts';
import { isAt, type WaitGoal } from './wait-goal.ts';

/** One object to wait for; `found`: a copy that is known already. */
export interface WaitTarget<T> {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly found?: T;
}

/** What waiting needs. */
export interface WaitDeps<T extends KubeObject> {
  readonly client: ResourceClient<T>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** As messages call the kind, such as `run.kruntimes.io`. */
  readonly kind: string;
  /** Whether an object has ended and will never be otherwise; default: never. */
  readonly isOver?: (object: T) => boolean;
  /** Milliseconds; absent: no deadline; 0: what is not so by now is too late. */
  readonly timeoutMs?: number | undefined;
  /** Told of each object that is as the goal wants it; undefined: it is gone, as was wanted. */
  readonly onMet: (name: string, object: T | undefined) => void | Promise<void>;
}

/** How it ended for one target: the copy that met the goal, or undefined for one that is gone, as was wanted. */
export type WaitEnd<T> = T | undefined;

/** Waits until every target is as the goal wants it. Throws where one is not there, or the deadline passes. */
export async function waitFor<T extends KubeObject>(
  targets: readonly WaitTarget<T>[],
  goal: WaitGoal,
  deps: WaitDeps<T>,
): Promise<WaitEnd<T>[]> {
  const { clock, timeoutMs, kind } = deps;
  const open = new Set(targets.map(({ name }) => name));
  const stop = new AbortController();
  const signal = AbortSignal.any([deps.signal, stop.signal]);
  const deadline = () => {
    const names = [...open].map(name => `${kind}/${name}`).join(', ');
    const [first] = open;
    stop.abort(deadlineError(`timed out waiting for ${names}`, `see how it stands: krt describe ${kind}/${first}`));
  };
  const startDeadline = () => clock.sleep(timeoutMs!, signal).then(deadline, () => undefined); // it ended before
  try {
    if (timeoutMs) startDeadline();
    // one that is not there is told before anything is waited for
    const present = await Promise.all(targets.map(target => find(target, goal, { ...deps, signal })));
    if (timeoutMs === 0) startDeadline();
    return await Promise.all(
      targets.map(async (target, i) => {
        const end = await waitForOne(target, present[i], goal, { ...deps, signal });
        open.delete(target.name);
        await deps.onMet(target.name, end);
        return end;
      }),
    );
  } catch (error) {
    deps.signal.throwIfAborted();
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    stop.abort();
  }
}

async function find<T extends KubeObject>(
  { name, namespace, found }: WaitTarget<T>,
  goal: WaitGoal,
  { client, signal }: WaitDeps<T>,
): Promise<T | undefined> {
  if (found) return found;
  try {
    return await client.get(name, namespace, { signal });
  } catch (error) {
    if (isNotFound(error) && (goal.kind === 'delete' || goal.kind === 'create')) return undefined;
    throw error;
  }
}

async function waitForOne<T extends KubeObject>(
  target: WaitTarget<T>,
  present: T | undefined,
  goal: WaitGoal,
  deps: WaitDeps<T>,
): Promise<WaitEnd<T>> {
  if (goal.kind === 'create') return present ?? appearance(target, deps);
  if (!present) return undefined;
  const { client, clock, signal, kind, isOver = () => false } = deps;
  const waitsForEnd = goal.kind === 'delete';
  const tracked = track(present, { client, clock, signal, ...(!waitsForEnd && { isOver }) });
  try {
    if (goal.kind === 'delete') {
      await tracked.until(() => false);
      return undefined;
    }
    const isMet = (object: T) => (goal.kind === 'terminal' ? isOver(object) : isAt(goal, object));
    const object = await tracked.until(latest => isMet(latest) || isOver(latest));
    if (isMet(object)) return object;
    const why = tracked.isGone ? 'was deleted meanwhile' : 'has ended, and will never be as it is waited for';
    throw internalError(`${kind}/${target.name} ${why}`);
  } finally {
    tracked.stop();
  }
}

async function appearance<T extends KubeObject>(
  { name, namespace }: WaitTarget<T>,
  { client, clock, signal }: WaitDeps<T>,
): Promise<T> {
  const fieldSelector = `metadata.name=${name}`;
  const isFatal = judgeFailures(clock);
  for await (const event of reflect({ client, clock, signal, namespace, fieldSelector, isFatal })) {
    if (event.type === 'changed') return event.object;
    if (event.type === 'replaced' && event.objects[0]) return event.objects[0];
  }
  throw signal.reason;
}
