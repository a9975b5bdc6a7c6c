import type { Clients } from '../../../crds/client/index.ts';
import type { Clock } from '../../clock.ts';
import { deadlineError } from '../../errors.ts';
import { track } from '../track.ts';
import { whyNot } from './check-agents.ts';
import { podsOf } from './pods-of.ts';
import { isRolledOut } from './rolled-out.ts';

/** What waiting for the agents needs. */
export interface AwaitAgentsDeps {
  readonly clients: Pick<Clients, 'deployments' | 'pods'>;
  readonly namespace: string;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** How the user finds out what is wrong. */
  readonly checkCommand: string;
}

/** Resolves once each Deployment has all its Pods, new ones, ready; throws a deadline error when that takes too long. */
export async function awaitAgents(names: readonly string[], deps: AwaitAgentsDeps): Promise<void> {
  const { clock, timeoutMs, signal, checkCommand } = deps;
  const stop = new AbortController();
  const until = AbortSignal.any([signal, stop.signal]);
  const late = clock.sleep(timeoutMs, until).then(async () => {
    const why = (await Promise.all(names.map(name => whyNotReady(name, deps)))).find(Boolean) ?? '';
    throw deadlineError(`the agents are not ready after ${timeoutMs / 1000}s${why}`, `more with: ${checkCommand}`);
  });
  const ready = names.map(name => readyOf(name, deps, until));
  try {
    await Promise.race([Promise.all(ready), late]);
  } finally {
    stop.abort();
    // what was waited for beside ends with the abort, which is no news
    await Promise.allSettled([...ready, late]);
  }
}

async function readyOf(
  name: string,
  { clients, namespace, clock }: AwaitAgentsDeps,
  signal: AbortSignal,
): Promise<void> {
  const client = clients.deployments;
  const tracked = track(await client.get(name, namespace, { signal }), { client, clock, signal });
  try {
    await tracked.until(isRolledOut);
  } finally {
    tracked.stop();
  }
}

async function whyNotReady(name: string, { clients, namespace, signal }: AwaitAgentsDeps): Promise<string> {
  try {
    const deployment = await clients.deployments.get(name, namespace, { signal });
    return isRolledOut(deployment) ? '' : whyNot(deployment, await podsOf(deployment, clients.pods, signal));
  } catch {
    return ''; // it would only have been beside what is told in any case
  }
}
