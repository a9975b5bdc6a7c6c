import { gzipSync } from 'node:zlib';
import { LogLines } from '../../../../agents/runtimed/logs/log-line.ts';
import { ApiError, ConnectionError } from '../../../../crds/client/api-error.ts';
import type { PodArtifactOptions } from '../../../../crds/client/pod-artifact.ts';
import { archivedAt, type Run, type RunStatus } from '../../../../crds/v1alpha1/run.ts';
import { microTime } from '../../../../crds/v1alpha1/time.ts';
import { type LogClients, readDeps } from '../../../../plugin/services/logs/read-deps.ts';
import type { Emit } from '../../../../plugin/services/logs/read-once.ts';
import { type AttemptRange, type MissingOutput, RunLogReader } from '../../../../plugin/services/logs/read-run.ts';
import { trackRun } from '../../../../plugin/services/track-run.ts';
import { makeRun } from '../../../builders/run.ts';
import { type FakeClients, makeFakeClients } from '../../../fakes/clients.ts';
import { FakeClock, settle } from '../../../fakes/clock.ts';
import { FakePodLogs } from '../../../fakes/pod-logs.ts';

/** Output of a program: text of stdout, or of stderr where it begins with `!`; without a newline it is partial. */
type Output = string | Buffer;

const ARCHIVE = 'runs/uid-a/log-AAAAAAAAAAAAAAAAAAAAAA';

/** One Run, its agents played by the test, and a reader of its logs. */
export class Scene {
  readonly clock = new FakeClock();
  readonly clients: FakeClients = makeFakeClients(() => this.clock.now());
  readonly logs = new FakePodLogs(() => this.clock.now());
  /** What the ArtifactStore has, by its location. */
  readonly store = new Map<string, Buffer>();
  /** What each request to it is answered with. */
  refusal: Error | undefined;
  /** Bytes after which answers of the store are cut, one by one. */
  readonly cuts: number[] = [];
  /** Milliseconds since the epoch, as the API server tells it. */
  serverTime: number | undefined;
  readonly stop = new AbortController();
  readonly shown: string[] = [];
  name = 'a';
  /** Makes the reader of the output wait. */
  full: Promise<void> | undefined;
  #seq = 0;
  #printed = '';

  constructor() {
    this.clients.runs.seed(makeRun('a').created(new Date(this.clock.now()).toISOString()).obj());
  }

  get run(): Run {
    return this.clients.runs.peek(this.name)!;
  }

  /** What was shown, both streams together. */
  get text(): string {
    return this.shown.join('');
  }

  set(status: RunStatus | { [F in keyof RunStatus]: RunStatus[F] | null }): void {
    const { run } = this;
    this.clients.runs.seed({ ...run, status: { ...run.status, ...status } as RunStatus });
  }

  schedule(pod: string, attempt = 1): void {
    this.#seq = 0;
    this.#printed = '';
    this.logs.write(pod, '');
    const scheduledTime = microTime(this.clock.now());
    this.set({ phase: 'Scheduled', assignedPod: pod, assignedPodUID: `uid-${pod}`, attempt, scheduledTime });
  }

  /** Writes lines of the present attempt as runtimed does, into the log of `pod` unless it is lost on its way. */
  print(
    outputs: readonly Output[],
    { pod = this.run.status!.assignedPod!, lost = false, at = this.clock.now() } = {},
  ): void {
    for (const output of outputs) {
      this.#seq += 1;
      const bytes = Buffer.from(output as string);
      const isError = bytes[0] === 33;
      const data = isError ? bytes.subarray(1) : bytes;
      const partial = data.at(-1) !== 10;
      const piece = {
        stream: isError ? 'stderr' : 'stdout',
        data: partial ? data : data.subarray(0, -1),
        partial,
      } as const;
      const line = this.#lines(pod).item(piece, this.#seq, new Date(at).toISOString());
      this.#printed += line;
      if (!lost) this.logs.write(pod, line, at);
    }
  }

  /** Writes the end line of the present attempt. */
  end(pod = this.run.status!.assignedPod!): void {
    const line = this.#lines(pod).end(this.#seq + 1, new Date(this.clock.now()).toISOString());
    this.#printed += line;
    this.logs.write(pod, line);
  }

  /** Archives what was printed of the present attempt. */
  keep(): void {
    this.store.set(archivedAt(ARCHIVE, this.run.status?.attempt ?? 1), gzipSync(this.#printed));
    this.set({ logRef: { pod: '', container: '', attempt: 0, lines: 0, archive: ARCHIVE } });
  }

  /** Begins the numbers anew, as a runtimed does that reads all output again. */
  renumber(): void {
    this.#seq = 0;
  }

  /** The last write of runtimed for an attempt: its end, or Pending again. */
  finish(status: RunStatus = { phase: 'Succeeded', reason: 'Completed', exitCode: 0 }, lines = this.#seq): void {
    const { attempt = 1, assignedPod, assignedPodUID, attempts = [], startTime } = this.run.status!;
    const completionTime = microTime(this.clock.now());
    const pod = assignedPod!;
    const reason = status.reason ?? 'ExitCode';
    const record = {
      attempt,
      pod,
      podUID: assignedPodUID!,
      reason,
      startTime: startTime ?? completionTime,
      completionTime,
    };
    const again = status.phase === 'Pending';
    this.set({
      ...(again ? { assignedPod: null, assignedPodUID: null } : { completionTime }),
      ...status,
      logRef: { ...this.run.status?.logRef, pod, container: 'runtimed', attempt, lines },
      attempts: [...attempts, record],
    });
  }

  /** What the controller writes when the Pod is gone. */
  lose(phase: 'Pending' | 'Failed' = 'Failed'): void {
    const { attempt = 1, assignedPod, attempts = [] } = this.run.status!;
    const record = {
      attempt,
      pod: assignedPod!,
      reason: 'PodLost',
      completionTime: microTime(this.clock.now()),
    } as const;
    const gone = { assignedPod: null, assignedPodUID: null };
    this.set({ phase, ...(phase === 'Pending' ? gone : { reason: 'PodLost' }), attempts: [...attempts, record] });
  }

  get logClients(): LogClients & Pick<FakeClients, 'serverTime'> {
    const { runs, pods } = this.clients;
    return {
      runs,
      pods,
      serverTime: () => this.serverTime,
      podLog: this.logs.open,
      podArtifact: (_pod, options) => this.#fetch(options),
    };
  }

  async #fetch({ location, start }: PodArtifactOptions): Promise<AsyncIterable<Uint8Array>> {
    if (this.refusal) throw this.refusal;
    const all = this.store.get(location);
    if (!all) throw new ApiError(404, { message: 'there is no such artifact' });
    if (start > 0 && start >= all.length) throw new ApiError(416, { message: 'there is nothing left from there on' });
    const cut = this.cuts.shift();
    return (async function* () {
      yield all.subarray(start, cut === undefined ? all.length : start + cut);
      if (cut !== undefined) throw new ConnectionError('fake', new Error('aborted'));
    })();
  }

  /** Starts to follow the Run's logs. */
  follow(range?: AttemptRange): Following {
    const tracked = trackRun(this.run, { runs: this.clients.runs, clock: this.clock, signal: this.stop.signal });
    return this.#start(this.reader(tracked, range).follow());
  }

  reader(tracked: ReturnType<typeof trackRun>, range?: AttemptRange): RunLogReader {
    const emit: Emit = ({ stream, data }) => {
      this.shown.push(stream === 'stderr' ? `!${data.toString()}` : data.toString());
      return this.full;
    };
    const { clock, stop } = this;
    return new RunLogReader(tracked, readDeps(this.logClients, { clock, signal: stop.signal, emit }), range);
  }

  #start(done: Promise<MissingOutput[]>): Following {
    const following: Following = { done, missing: undefined, error: undefined };
    done.then(
      missing => {
        following.missing = missing;
      },
      error => {
        following.error = error;
      },
    );
    return following;
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    for (let i = 0; i < 20; i++) await settle();
  }

  #lines(pod: string): LogLines {
    const { metadata, spec, status } = this.run;
    const { uid = '', name = '', namespace = '' } = metadata;
    const attempt = status?.attempt ?? 1;
    return new LogLines(
      { id: `${uid}.${attempt}`, uid, name, namespace, runtime: spec.runtime, attempt, startedAt: 0 },
      pod,
    );
  }
}

/** A reader under way: `missing` is set once it has ended, `error` once it has failed. */
export interface Following {
  readonly done: Promise<MissingOutput[]>;
  missing: MissingOutput[] | undefined;
  error: unknown;
}
