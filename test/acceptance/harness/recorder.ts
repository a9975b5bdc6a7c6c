import { systemClock } from '../../../agents/lib/clock.ts';
import type { ResourceClient } from '../../../crds/client/index.ts';
import { reflect } from '../../../crds/client/index.ts';
import type { KubeObject } from '../../../crds/v1alpha1/index.ts';
import { DEADLINE_MS } from './settings.ts';

/** Everything that a watcher of one collection saw, and a way to wait for what it has yet to see. */
export interface Recorder<T extends KubeObject> {
  /** The newest version of the object, undefined while there is none. */
  get(name: string): T | undefined;
  all(): T[];
  /** Every version of the object that the watch told, oldest first; its deletion is not one. */
  history(name: string): readonly T[];
  /** What `probe` gives as soon as it gives something; asked again after each event. Throws with the last state at the deadline. */
  until<R>(what: string, probe: () => R | undefined | false, deadlineMs?: number): Promise<R>;
}

/** Starts recording the objects of `namespace` until `signal` aborts. */
export function record<T extends KubeObject>(
  client: ResourceClient<T>,
  namespace: string,
  signal: AbortSignal,
): Recorder<T> {
  const present = new Map<string, T>();
  const versions = new Map<string, T[]>();
  const waiting = new Set<() => void>();
  const see = (object: T) => {
    const name = object.metadata.name ?? '';
    const known = versions.get(name) ?? [];
    if (known.at(-1)?.metadata.resourceVersion !== object.metadata.resourceVersion) known.push(object);
    versions.set(name, known);
    present.set(name, object);
  };
  const run = async () => {
    for await (const event of reflect({ client, clock: systemClock, signal, namespace })) {
      if (event.type === 'replaced') {
        present.clear();
        for (const object of event.objects) see(object);
      } else if (event.type === 'changed') see(event.object);
      else present.delete(event.object.metadata.name ?? '');
      for (const ask of waiting) ask();
    }
  };
  run().catch(error => {
    if (!signal.aborted) throw error; // after the end of the suite there is nothing left to record
  });
  return {
    get: name => present.get(name),
    all: () => [...present.values()],
    history: name => versions.get(name) ?? [],
    until: (what, probe, deadlineMs = DEADLINE_MS) =>
      new Promise((resolve, reject) => {
        const deadline = AbortSignal.timeout(deadlineMs);
        const settle = (act: () => void) => {
          waiting.delete(ask);
          deadline.removeEventListener('abort', give);
          act();
        };
        const ask = () => {
          try {
            const found = probe();
            if (found !== undefined && found !== false) settle(() => resolve(found));
          } catch (error) {
            settle(() => reject(error));
          }
        };
        const give = () => settle(() => reject(new Error(`${what}: not within ${deadlineMs} ms\n${tell(present)}`)));
        deadline.addEventListener('abort', give);
        waiting.add(ask);
        ask();
      }),
  };
}

function tell(present: ReadonlyMap<string, KubeObject>): string {
  const lines = [...present.values()].map(({ metadata, ...rest }) => {
    const text = JSON.stringify((rest as { status?: unknown }).status ?? null);
    return `  ${rest.kind} ${metadata.name}: ${text.slice(0, 600)}`;
  });
  return lines.slice(-12).join('\n') || '  nothing is there';
}
