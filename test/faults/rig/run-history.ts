import { systemClock } from '../../../agents/lib/clock.ts';
import { type ResourceClient, reflect } from '../../../crds/client/index.ts';
import type { Run } from '../../../crds/v1alpha1/index.ts';

/** Everything that the API server told about Runs since the last `clear`, over a connection without faults. */
export class RunHistory {
  versions: Run[] = [];
  /** UIDs of Runs that are gone, with how many versions were told before. */
  deleted = new Map<string, number>();
  #present = new Map<string, Run>();
  readonly #waiting = new Set<() => void>();

  constructor(client: ResourceClient<Run>, namespace: string, signal: AbortSignal) {
    const follow = async () => {
      for await (const event of reflect({ client, clock: systemClock, signal, namespace })) {
        if (event.type === 'replaced') this.#replace(event.objects);
        else if (event.type === 'changed') this.#see(event.object);
        else this.#lose(event.object);
        for (const ask of this.#waiting) ask();
      }
    };
    follow().catch(error => {
      if (!signal.aborted) throw error; // after the end nothing is left to record
    });
  }

  /** The newest version of a Run; undefined: it is not there. */
  get(name: string): Run | undefined {
    return this.#present.get(name);
  }

  /** Resolves once `probe` holds; asked at each event. */
  until(what: string, probe: () => boolean, boundMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(ask);
        reject(new Error(`${what}: not within ${boundMs} ms`));
      }, boundMs);
      const ask = () => {
        if (!probe()) return;
        clearTimeout(timer);
        this.#waiting.delete(ask);
        resolve();
      };
      this.#waiting.add(ask);
      ask();
    });
  }

  /** Forgets what was told, so that the next case is judged by its own. */
  clear(): void {
    this.versions = [];
    this.deleted = new Map();
  }

  #replace(runs: readonly Run[]): void {
    const listed = new Set(runs.map(({ metadata }) => metadata.uid));
    for (const run of [...this.#present.values()]) if (!listed.has(run.metadata.uid)) this.#lose(run);
    for (const run of runs) this.#see(run);
  }

  #see(run: Run): void {
    const name = run.metadata.name ?? '';
    if (this.#present.get(name)?.metadata.resourceVersion === run.metadata.resourceVersion) return;
    this.#present.set(name, run);
    this.versions.push(run);
  }

  #lose({ metadata }: Run): void {
    this.#present.delete(metadata.name ?? '');
    this.deleted.set(metadata.uid ?? '', this.versions.length);
  }
}
