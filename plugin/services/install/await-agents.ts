import type { Clients } from '../../../crds/client/index.ts';
import type { Deployment } from '../../../crds/client/resources.ts';
import type { Clock } from '../../clock.ts';
import { deadlineError } from '../../errors.ts';
import { track } from '../track.ts';

/** What waiting for the agents needs. */
export interface AwaitAgentsDeps {
  readonly clients: Pick<Clients, 'deployments'>;
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
  const late = clock.sleep(timeoutMs, until).then(() => {
    throw deadlineError(`the agents are not ready after ${timeoutMs / 1000}s`, `see why with: ${checkCommand}`);
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

/** As `kubectl rollout status` sees it. */
export function isRolledOut({ metadata, spec, status = {} }: Deployment): boolean {
  const { replicas = 1 } = spec;
  const isSeen = (status.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  return isSeen && (status.updatedReplicas ?? 0) >= replicas && (status.availableReplicas ?? 0) >= replicas;
}
