import type { Logger } from 'pino';
import { isAlreadyExists } from '../../crds/client/api-error.ts';
import type { Clock } from '../../crds/client/clock.ts';
import type { ResourceClient } from '../../crds/client/resource-client.ts';
import type { KubeEvent } from '../../crds/client/resources.ts';
import type { KubeObject } from '../../crds/v1alpha1/meta.ts';
import { API_VERSION } from '../../crds/v1alpha1/names.ts';
import { secondTime } from '../../crds/v1alpha1/time.ts';

/** Tells people what `kubectl describe` should show. */
export interface EventWriter {
  /** A Warning about a Run or Runtime; a repeat counts one up. Never throws: an Event is help, not state. */
  warn(object: KubeObject, reason: string, message: string, signal: AbortSignal): Promise<void>;
}

/** Writes Events with a name made of the object and the reason, so that repeats meet and never pile up. */
export function makeEventWriter(deps: {
  client: ResourceClient<KubeEvent>;
  clock: Clock;
  log: Logger;
  component: string;
}): EventWriter {
  const { client, clock, log, component } = deps;

  async function write(event: KubeEvent, signal: AbortSignal): Promise<void> {
    const { name = '', namespace } = event.metadata;
    try {
      await client.create(event, { signal });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      const old = await client.get(name, namespace, { signal });
      const { message, lastTimestamp } = event;
      const patch = { message, count: (old.count ?? 1) + 1, ...(lastTimestamp && { lastTimestamp }) };
      await client.patch(name, namespace, patch, { signal });
    }
  }

  return {
    async warn(object, reason, message, signal) {
      const { name = '', namespace = 'default', uid = '' } = object.metadata;
      const kind = object.kind ?? 'Run';
      const now = secondTime(clock.now());
      const event: KubeEvent = {
        // the UID's end keeps an earlier object of the same name apart
        metadata: { name: `${name}.${reason.toLowerCase()}.${uid.slice(-8)}`.slice(-253), namespace },
        involvedObject: { apiVersion: API_VERSION, kind, name, namespace, uid },
        type: 'Warning',
        reason,
        message: message.slice(0, 1024),
        count: 1,
        firstTimestamp: now,
        lastTimestamp: now,
        source: { component },
      };
      await write(event, signal).catch(error => {
        if (!signal.aborted) log.warn({ err: error, event: event.metadata.name }, 'an Event was not written');
      });
    },
  };
}
