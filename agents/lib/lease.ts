import { isAlreadyExists, isConflict, isNotFound } from '../../crds/client/api-error.ts';
import type { Clock } from '../../crds/client/clock.ts';
import type { ResourceClient } from '../../crds/client/resource-client.ts';
import type { Lease } from '../../crds/client/resources.ts';
import { microTime } from '../../crds/v1alpha1/time.ts';

export interface LeaseOptions {
  client: ResourceClient<Lease>;
  clock: Clock;
  /** Gives up waiting for the Lease. */
  signal: AbortSignal;
  namespace: string;
  name: string;
  /** Unique among all processes that want the Lease. */
  identity: string;
  /** How long others wait after the last sign of life; default 15,000 ms. */
  durationMs?: number;
  /** How long the holder tries to renew before it gives up; must be well below the duration; default 10,000 ms. */
  renewDeadlineMs?: number;
  /** Pause between tries; default 2,000 ms. */
  retryMs?: number;
  /** Told of each try that failed. */
  onError?: (error: unknown) => void;
  random?: () => number;
}

/** A Lease that this process holds. */
export interface HeldLease {
  /** Aborts when the Lease is lost: whoever works under it must end at once. */
  readonly lost: AbortSignal;
  /** Stops renewing and lets the next one in without a wait; never throws. */
  release(): Promise<void>;
}

/**
 * Waits until this process is the leader, then renews in the background. As client-go does, a Lease of another counts
 * as expired by this machine's clock: when it has not changed for its duration since it was first seen so; clocks of
 * different machines are never compared. Rejects only when the signal aborts.
 */
export async function acquireLease(options: LeaseOptions): Promise<HeldLease> {
  const { clock, signal, retryMs = 2_000, random = Math.random } = options;
  const seen = { renewal: '', at: 0 };
  for (;;) {
    const taken = await tryOnce(options, seen, signal).catch(error => {
      signal.throwIfAborted();
      if (!isConflict(error) && !isAlreadyExists(error)) options.onError?.(error);
      return undefined;
    });
    if (taken) return hold(options, taken);
    await clock.sleep(retryMs * (1 + random() * 0.2), signal);
  }
}

/** The Lease, if it is ours after this try: created, renewed, or taken over. */
async function tryOnce(
  options: LeaseOptions,
  seen: { renewal: string; at: number },
  signal: AbortSignal,
): Promise<Lease | undefined> {
  const { client, clock, namespace, name, identity } = options;
  let lease: Lease;
  try {
    lease = await client.get(name, namespace, { signal });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return client.create({ metadata: { name, namespace }, spec: specOf(options, 0) }, { signal });
  }
  const { holderIdentity, renewTime = '', leaseDurationSeconds = 0, leaseTransitions = 0 } = lease.spec ?? {};
  const renewal = `${holderIdentity} ${renewTime}`;
  if (seen.renewal !== renewal) Object.assign(seen, { renewal, at: clock.monotonic() });
  const isFree = !holderIdentity || clock.monotonic() >= seen.at + leaseDurationSeconds * 1000;
  if (holderIdentity !== identity && !isFree) return undefined;
  const transitions = leaseTransitions + (holderIdentity === identity ? 0 : 1);
  const acquireTime = holderIdentity === identity ? lease.spec?.acquireTime : undefined;
  const spec = { ...specOf(options, transitions), ...(acquireTime && { acquireTime }) };
  // the resourceVersion of the copy that was read lets one of two win
  return client.replace({ ...lease, spec }, { signal });
}

function hold(options: LeaseOptions, taken: Lease): HeldLease {
  const { client, clock, identity, renewDeadlineMs = 10_000, retryMs = 2_000 } = options;
  const lost = new AbortController();
  const stop = new AbortController();
  let lease = taken;

  async function renew(): Promise<void> {
    let renewed = clock.monotonic();
    while (!lost.signal.aborted) {
      await clock.sleep(retryMs, stop.signal);
      // a request that hangs must not outlive the deadline: others may lead by then
      const left = Math.max(0, renewed + renewDeadlineMs - clock.monotonic());
      const why = await within(clock, left, stop.signal, renewOnce);
      if (why === undefined) renewed = clock.monotonic();
      else if (why !== '') lost.abort(new Error(why));
      else if (clock.monotonic() - renewed >= renewDeadlineMs) {
        lost.abort(new Error(`the Lease was not renewed for ${renewDeadlineMs} ms`));
      }
    }
  }

  /** undefined: renewed; a text: why the Lease is lost; an empty one: this try failed, and there may be another. */
  async function renewOnce(signal: AbortSignal): Promise<string | undefined> {
    const renewTime = microTime(clock.now());
    try {
      const spec = { ...lease.spec, renewTime };
      lease = await client.replace({ ...lease, spec }, { signal });
      return undefined;
    } catch (error) {
      if (!stop.signal.aborted) options.onError?.(error);
      if (!isConflict(error) && !isNotFound(error)) return '';
    }
    try {
      lease = await client.get(lease.metadata.name!, lease.metadata.namespace, { signal });
    } catch (error) {
      return isNotFound(error) ? 'the Lease was deleted' : '';
    }
    const { holderIdentity } = lease.spec ?? {};
    if (holderIdentity !== identity) return `the Lease went to ${holderIdentity || 'nobody'}`;
    // a write that arrived twice conflicts with itself
    return lease.spec?.renewTime === renewTime ? undefined : '';
  }

  renew().catch(() => undefined); // stopped by release
  return {
    lost: lost.signal,
    async release() {
      stop.abort();
      if (lost.signal.aborted) return;
      const spec = { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTime(clock.now()) };
      await client.replace({ ...lease, spec }).catch(error => options.onError?.(error)); // it expires by itself
    },
  };
}

/** Calls `act` with a signal that aborts after `ms`, or with `signal`. */
async function within<T>(
  clock: Clock,
  ms: number,
  signal: AbortSignal,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const done = new AbortController();
  clock.sleep(ms, AbortSignal.any([signal, done.signal])).then(
    () => deadline.abort(new Error(`no answer within ${ms} ms`)),
    () => undefined, // it was answered in time, or nobody waits any more
  );
  try {
    return await act(AbortSignal.any([signal, deadline.signal]));
  } finally {
    done.abort();
  }
}

function specOf(
  { identity, clock, durationMs = 15_000 }: LeaseOptions,
  leaseTransitions: number,
): NonNullable<Lease['spec']> {
  const now = microTime(clock.now());
  return {
    holderIdentity: identity,
    leaseDurationSeconds: Math.ceil(durationMs / 1000),
    acquireTime: now,
    renewTime: now,
    leaseTransitions,
  };
}
