import { join } from 'node:path';
import { PodLogError, type PodLogQuery, type PodLogSource } from '../../api/pod-log-source.ts';
import { ContainerLog, LOG_LIMITS, type LogLimits } from './container-log.ts';
import { readBlocks, tailPosition } from './read-records.ts';
import { renderLog } from './render-log.ts';
import { closedLog, instancesIn, type LogFiles } from './segments.ts';

/** The logs of all containers of the node, live and past. */
export class LogStore implements PodLogSource {
  readonly #dirOf: (uid: string) => string;
  readonly #now: () => number;
  readonly #limits: LogLimits;
  readonly #live = new Map<string, { log: ContainerLog; isPast: boolean }>();

  /** `dirOf` gives the directory for the logs of a Pod. */
  constructor(dirOf: (uid: string) => string, now: () => number, limits: LogLimits = LOG_LIMITS) {
    this.#dirOf = dirOf;
    this.#now = now;
    this.#limits = limits;
  }

  /** Begins the log of an instance of a container; the log before it must be closed. */
  start(uid: string, container: string, instance: number): ContainerLog {
    const log = new ContainerLog(join(this.#dirOf(uid), container), instance, this.#now, this.#limits);
    this.#live.set(`${uid}/${container}`, { log, isPast: false });
    return log;
  }

  /** The instance has ended and another will follow: until that begins, it is the previous one already. */
  retire(uid: string, container: string): void {
    const live = this.#live.get(`${uid}/${container}`);
    if (live) live.isPast = true;
  }

  /** Forgets a Pod that is gone; its files are removed by whoever removes the Pod. */
  forget(uid: string): void {
    for (const key of this.#live.keys()) if (key.startsWith(`${uid}/`)) this.#live.delete(key);
  }

  async *read(query: PodLogQuery): AsyncGenerator<Uint8Array> {
    const { tailLines, follow, signal } = query;
    const log = this.#find(query);
    const from =
      tailLines === undefined ? { seq: log.segments()[0]?.seq ?? 0, offset: 0 } : tailPosition(log, tailLines);
    yield* renderLog(readBlocks(log, from, follow && !query.previous, signal), query);
  }

  #find({ uid, pod, container, previous }: PodLogQuery): LogFiles {
    const live = this.#live.get(`${uid}/${container}`);
    if (live && (!previous || live.isPast)) return live.log;
    const dir = join(this.#dirOf(uid), container);
    const instances = instancesIn(dir);
    const wanted = previous ? instances.at(-2) : instances.at(-1);
    if (wanted !== undefined) return closedLog(dir, wanted);
    if (previous) throw new PodLogError(`previous terminated container "${container}" in pod "${pod}" not found`);
    throw new PodLogError(`container "${container}" in pod "${pod}" is waiting to start: ContainerCreating`);
  }
}
