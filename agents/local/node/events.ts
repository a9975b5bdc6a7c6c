import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import { isAlreadyExists } from '../../../crds/client/api-error.ts';
import type { Clock } from '../../../crds/client/clock.ts';
import type { ResourceClient } from '../../../crds/client/resource-client.ts';
import type { KubeEvent, Pod } from '../../../crds/client/resources.ts';
import { secondTime } from '../../../crds/v1alpha1/time.ts';

/** Tells people what `kubectl describe pod` shows; a repeat counts one up. Never throws: an Event is help, not state. */
export type TellEvent = (pod: Pod, type: KubeEvent['type'], reason: string, message: string) => void;

/** Events of the node, named by what they tell of which Pod, so that repeats meet. */
export function makeEvents(deps: {
  client: ResourceClient<KubeEvent>;
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
}): TellEvent {
  const { client, clock, log, signal } = deps;

  async function write(pod: Pod, type: KubeEvent['type'], reason: string, message: string): Promise<void> {
    const { name = '', namespace = 'default', uid = '' } = pod.metadata;
    const now = secondTime(clock.now());
    const text = message.slice(0, 1024);
    const event: KubeEvent = {
      metadata: { name: `${name.slice(0, 236)}.${hashOf([uid, reason, text])}`, namespace },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', name, namespace, uid },
      type,
      reason,
      message: text,
      count: 1,
      firstTimestamp: now,
      lastTimestamp: now,
      source: { component: 'krt-local' },
    };
    try {
      await client.create(event, { signal });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      const { name: eventName = '' } = event.metadata;
      const old = await client.get(eventName, namespace, { signal });
      const patch = { count: (old.count ?? 1) + 1, lastTimestamp: now };
      await client.patch(eventName, namespace, patch, { signal });
    }
  }

  return (pod, type, reason, message) => {
    write(pod, type, reason, message).catch(error => {
      if (!signal.aborted) log.debug({ err: error, pod: pod.metadata.name, reason }, 'an Event was not written');
    });
  };
}

function hashOf(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 16);
}
