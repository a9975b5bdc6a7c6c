import { listAll, type ResourceClient } from '../../crds/client/resource-client.ts';
import { type ArtifactRef, isTerminal, type Run, type RunSpec } from '../../crds/v1alpha1/run.ts';
import type { Runtime } from '../../crds/v1alpha1/runtime.ts';
import { adviseOn } from '../api-advice.ts';
import { type Clock, systemClock } from '../clock.ts';
import { checkedBytes, downloadArtifacts } from '../services/artifacts/download.ts';
import { selectArtifacts } from '../services/artifacts/find-artifacts.ts';
import { cancelRun } from '../services/cancel-run.ts';
import { readLogs } from '../services/logs/read-logs.ts';
import { deleteObjects } from '../services/objects/delete.ts';
import { draftSpec } from '../services/run/draft-spec.ts';
import { submitRun } from '../services/run/submit-run.ts';
import { waitFor } from '../services/wait/wait-for.ts';
import { parseNames } from '../targets.ts';
import { type Connection, connectByKubeconfig, connectInCluster } from './connect.ts';
import { iterate } from './iterate.ts';
import { LineReader } from './log-lines.ts';
import type {
  CallOptions,
  ConnectOptions,
  DownloadOptions,
  ListOptions,
  LogLine,
  LogOptions,
  RunRef,
  SubmitOptions,
  WaitOptions,
} from './options.ts';

/**
 * krt for programs: what the commands of the same names do, without a terminal. Every call throws a `KrtError`, or the
 * reason of its signal.
 */
export class Krt {
  readonly #connection: Connection;

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The cluster that the options, the environment and the kubeconfig come to, as for `krt`. Makes no request. */
  static async connect(options: ConnectOptions = {}): Promise<Krt> {
    return new Krt(await connectByKubeconfig(options));
  }

  /** The cluster of the Pod that this program runs in, as its service account. Makes no request. */
  static async inCluster(options: ConnectOptions = {}): Promise<Krt> {
    return new Krt(await connectInCluster(options));
  }

  /** Where Runs are made, and looked for by name. */
  get namespace(): string {
    return this.#connection.namespace;
  }

  /** Name of the context; empty where the options alone say where the cluster is. */
  get context(): string {
    return this.#connection.context;
  }

  /** URL of the API server, without a password that may be in it. */
  get server(): string {
    const url = new URL(this.#connection.server);
    url.username = '';
    url.password = '';
    return url.href.replace(/\/$/, '');
  }

  /** Makes a Run, and no second one where an answer is lost. A bad spec is told before any request. */
  submit(spec: RunSpec, options: SubmitOptions = {}): Promise<Run> {
    return this.#call(options, async deps => submitRun(draftSpec(spec, options), { ...deps, random: Math.random }));
  }

  /** The Run as it is now. */
  get(run: RunRef, options: CallOptions = {}): Promise<Run> {
    return this.#call(options, deps => this.#fetch(run, deps.signal));
  }

  /** The Runs of the namespace. */
  list(options: ListOptions = {}): Promise<Run[]> {
    return this.#call(options, async deps => (await listAll(deps.runs, ...selectionOf(options, deps))).items);
  }

  /** Waits until the Run has ended, however, and gives its last copy. Throws where it is deleted before. */
  wait(run: RunRef, options: WaitOptions = {}): Promise<Run> {
    return this.#call(options, async ({ runs: client, ...deps }) => {
      const { timeoutMs } = options;
      const rest = { kind: 'run.kruntimes.io', isOver: isTerminal, timeoutMs, onMet: () => undefined };
      const [ended] = await waitFor([this.#place(run)], { kind: 'terminal' }, { client, ...deps, ...rest });
      return ended!;
    });
  }

  /** The Run's output, line by line as it appears, of all attempts. Throws at the end where some of it is lost. */
  async *logs(run: RunRef, options: LogOptions = {}): AsyncGenerator<LogLine, void, undefined> {
    const { follow = true, attempt, tail, sinceMs } = options;
    const { clients } = this.#connection;
    const signal = signalOf(options);
    const reader = new LineReader();
    const records = iterate<LogLine>(async (emit, stop) => {
      const found = await this.#fetch(run, stop);
      const what = { follow, previous: false, attempt, tail, sinceMs };
      await readLogs(found, what, {
        clients,
        clock: systemClock,
        signal: stop,
        emit: record => emit(reader.read(record)),
      });
    }, signal);
    try {
      yield* records;
    } catch (error) {
      throw adviseOn(error, signal);
    }
  }

  /** Asks for the Run's cancellation, and gives it as it is then: it may have ended meanwhile. */
  cancel(run: RunRef, options: CallOptions = {}): Promise<Run> {
    return this.#call(options, ({ runs, ...deps }) => cancelRun(runs, { ...deps, ...this.#place(run) }));
  }

  /** Deletes the Run; the program of one that has not ended is ended. */
  delete(run: RunRef, options: CallOptions = {}): Promise<void> {
    return this.#call(options, async ({ runs, clock, signal }) => {
      const { name, namespace } = this.#place(run);
      const how = { dryRun: 'none', waitMs: undefined, onDeleted: () => undefined } as const;
      const { missing } = await deleteObjects(runs, { names: [name], namespace, clock, signal, ...how });
      if (missing[0]) throw missing[0];
    });
  }

  /** What the Run has left in `$KRUNTIME_ARTIFACTS_DIR`; nothing before it has ended. */
  artifacts(run: RunRef, options: CallOptions = {}): Promise<readonly ArtifactRef[]> {
    return this.#call(options, async ({ signal }) => selectArtifacts(await this.#fetch(run, signal), []));
  }

  /**
   * Fetches artifacts into a directory, which is made: files as they are, directories unpacked, each once its digest is
   * right. Gives their paths.
   */
  download(run: RunRef, dir: string, options: DownloadOptions = {}): Promise<string[]> {
    return this.#call(options, async ({ clock, signal }) => {
      const { clients } = this.#connection;
      const { names = [], force = false, onProgress } = options;
      const found = await this.#fetch(run, signal);
      const paths: string[] = [];
      await downloadArtifacts(
        found,
        selectArtifacts(found, names),
        { dir, force },
        {
          ...{ clients, clock, signal },
          onBytes: ({ name, sizeBytes }, bytes) => onProgress?.(name, bytes, sizeBytes),
          onDone: async path => void paths.push(path),
        },
      );
      return paths;
    });
  }

  /** The bytes of one artifact as they come, a directory as a tar.gz. Throws at the end where its digest is wrong. */
  async *readArtifact(
    run: RunRef,
    name: string,
    options: CallOptions = {},
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const signal = signalOf(options);
    const { clients } = this.#connection;
    try {
      const found = await this.#fetch(run, signal);
      const [ref] = selectArtifacts(found, [name]);
      yield* checkedBytes(found, ref!, { clients, clock: systemClock, signal });
    } catch (error) {
      throw adviseOn(error, signal);
    }
  }

  /** The Runtimes of the namespace. */
  runtimes(options: ListOptions = {}): Promise<Runtime[]> {
    const { runtimes } = this.#connection.clients;
    return this.#call(options, async deps => (await listAll(runtimes, ...selectionOf(options, deps))).items);
  }

  /** The Runtime of that name. */
  runtime(name: string, options: CallOptions = {}): Promise<Runtime> {
    return this.#call(options, ({ namespace, signal }) =>
      this.#connection.clients.runtimes.get(name, namespace, { signal }),
    );
  }

  /** Lets go of idle connections. */
  close(): void {
    this.#connection.clients.transport.close();
  }

  /** For `using`: closes. */
  [Symbol.dispose](): void {
    this.close();
  }

  async #call<T>(options: CallOptions, act: (deps: CallDeps) => Promise<T>): Promise<T> {
    const { clients, namespace } = this.#connection;
    const signal = signalOf(options);
    try {
      signal.throwIfAborted();
      return await act({ runs: clients.runs, namespace, clock: systemClock, signal });
    } catch (error) {
      throw adviseOn(error, signal);
    }
  }

  #fetch(run: RunRef, signal: AbortSignal): Promise<Run> {
    const { name, namespace } = this.#place(run);
    return this.#connection.clients.runs.get(name, namespace, { signal });
  }

  #place(run: RunRef): { name: string; namespace: string } {
    const { name = '', namespace = this.namespace } = typeof run === 'string' ? { name: run } : run.metadata;
    return { name: parseNames([name], 'run')[0]!, namespace };
  }
}

/** What the services take of every call. */
interface CallDeps {
  readonly runs: ResourceClient<Run>;
  readonly namespace: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const signalOf = ({ signal }: CallOptions): AbortSignal => signal ?? new AbortController().signal;

function selectionOf({ labelSelector, fieldSelector, allNamespaces }: ListOptions, { namespace, signal }: CallDeps) {
  return [allNamespaces ? undefined : namespace, { labelSelector, fieldSelector, signal }] as const;
}
