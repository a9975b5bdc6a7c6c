import { ApiError } from '../../crds/client/api-error.ts';
import type { PodLogOptions } from '../../crds/client/pod-log.ts';

/** A request that came in. */
export interface LogCall extends Omit<PodLogOptions, 'signal'> {
  readonly pod: string;
}

interface Instance {
  readonly lines: { readonly at: number; readonly text: string }[];
  ended: boolean;
}

/** The log subresource of Pods with one container each, in memory, with faults to order. */
export class FakePodLogs {
  readonly calls: LogCall[] = [];
  /** Bytes of each chunk that a reader gets. */
  chunkBytes = 64;
  readonly #pods = new Map<string, Instance[]>();
  readonly #now: () => number;
  readonly #faults: (Error | number)[] = [];
  #open = new Set<{ wake: () => void; cut: Error | undefined }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Adds whole lines, each with its newline, to the log of `pod`, stamped now or `at`. */
  write(pod: string, text: string, at = this.#now()): void {
    if (!this.#pods.has(pod)) this.#pods.set(pod, [{ lines: [], ended: false }]);
    const { lines } = this.#pods.get(pod)!.at(-1)!;
    for (const line of text.match(/.*\n/g) ?? []) lines.push({ at, text: line });
    this.#wake();
  }

  /** The container ends and another instance begins: those who follow see the end. */
  restart(pod: string): void {
    this.#pods.get(pod)!.at(-1)!.ended = true;
    this.#pods.get(pod)!.push({ lines: [], ended: false });
    this.#wake();
  }

  /** Drops the first `count` lines, as a rotation does. */
  rotate(pod: string, count: number): void {
    this.#pods.get(pod)!.at(-1)!.lines.splice(0, count);
  }

  /** The Pod is deleted, and its logs with it. */
  remove(pod: string): void {
    for (const instance of this.#pods.get(pod) ?? []) instance.ended = true;
    this.#pods.delete(pod);
    this.#wake();
  }

  /** The next request fails with `fault`, or, for a number, its answer is cut after so many bytes. */
  failNext(fault: Error | number): void {
    this.#faults.push(fault);
  }

  /** Breaks every answer that is under way. */
  cut(): void {
    for (const reader of this.#open) {
      reader.cut = new Error('aborted');
      reader.wake();
    }
  }

  /** Answers under way. */
  get following(): number {
    return this.#open.size;
  }

  /** What `Clients` have as `podLog`. */
  readonly open = async (
    pod: string,
    _namespace: string,
    options: PodLogOptions,
  ): Promise<AsyncIterable<Uint8Array>> => {
    const { signal, ...rest } = options;
    this.calls.push({ pod, ...rest });
    signal?.throwIfAborted();
    const fault = this.#faults.shift();
    if (fault instanceof Error) throw fault;
    const instances = this.#pods.get(pod);
    if (!instances) throw new ApiError(404, { code: 404, message: `pods "${pod}" not found` });
    const instance = options.previous ? instances.at(-2) : instances.at(-1);
    if (!instance) throw new ApiError(400, { code: 400, message: 'previous terminated container not found' });
    return this.#read(instance, options, fault ?? Number.POSITIVE_INFINITY);
  };

  async *#read(instance: Instance, options: PodLogOptions, allowance: number): AsyncGenerator<Uint8Array> {
    const { signal, follow = false, sinceTime, tailLines = Number.POSITIVE_INFINITY } = options;
    const since = sinceTime === undefined ? Number.NEGATIVE_INFINITY : Date.parse(sinceTime);
    const reader = { wake: () => {}, cut: undefined as Error | undefined };
    const onAbort = () => reader.wake();
    signal?.addEventListener('abort', onAbort);
    this.#open.add(reader);
    let left = allowance;
    try {
      for (let i = Math.max(0, instance.lines.length - tailLines); ; ) {
        signal?.throwIfAborted();
        if (reader.cut) throw reader.cut;
        const line = instance.lines[i];
        if (line) {
          i += 1;
          if (line.at < since) continue;
          const bytes = Buffer.from(line.text);
          for (let at = 0; at < bytes.length; at += this.chunkBytes) {
            const chunk = bytes.subarray(at, Math.min(bytes.length, at + this.chunkBytes));
            if (chunk.length > left) {
              if (left > 0) yield chunk.subarray(0, left);
              throw new Error('aborted');
            }
            left -= chunk.length;
            yield chunk;
          }
        } else if (!follow || instance.ended) return;
        else
          await new Promise<void>(resolve => {
            reader.wake = resolve;
          });
      }
    } finally {
      this.#open.delete(reader);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  #wake(): void {
    for (const { wake } of this.#open) wake();
  }
}
