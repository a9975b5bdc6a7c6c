import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { systemClock } from '../../../agents/lib/clock.ts';
import { type Clients, makeClients } from '../../../crds/client/index.ts';
import { isTerminal, LEASES, type Run, type RunSpec } from '../../../crds/v1alpha1/index.ts';
import { kubeconfigFor } from '../../acceptance/harness/kubeconfigs.ts';
import { processesWith } from '../../acceptance/harness/processes.ts';
import { makeRuntime } from '../../builders/runtime.ts';
import { type Breach, check } from '../checker.ts';
import { AgentProcess } from './agent-process.ts';
import { type ApiProxy, type Rule, startProxy } from './api-proxy.ts';
import { type PodOptions, type PodPlace, startPod, type TestPod } from './pod.ts';
import { answersOk, becomes, freePort } from './ports.ts';
import { program, readRecord } from './programs.ts';
import { RunHistory } from './run-history.ts';
import { SEED } from './seed.ts';
import { tally } from './tally.ts';

const ROOT = join(import.meta.dirname, '../../..');
const NAMESPACE = 'faults';
const AGENTS_NAMESPACE = 'krt-system';

/** An agent that leads, where it tells its metrics, and the proxy that it speaks through. */
export interface Leader {
  readonly agent: AgentProcess;
  readonly healthPort: number;
  readonly proxy: ApiProxy;
}

/** How a case is judged. */
export interface Judgement {
  /** Milliseconds in which every Run has to end, once the faults have stopped. */
  readonly boundMs?: number;
  /** See History. */
  readonly assignsPrecisely?: boolean;
}

/** How the agents of a world are started. */
export interface WorldOptions {
  /** Words for the Node of every agent. */
  readonly nodeArgs?: readonly string[];
  /** Whether the wall clock of each process can be set. */
  readonly canSetClocks?: boolean;
}

/** An API server, a controller, a scheduler and Pods, each a process of its own, each agent behind its proxy. */
export class World {
  readonly dir = mkdtempSync(join(tmpdir(), 'krt-faults-'));
  readonly namespace = NAMESPACE;
  readonly pods = new Set<TestPod>();
  clients!: Clients;
  history!: RunHistory;
  api!: AgentProcess;
  controller!: Leader;
  scheduler!: Leader;
  /** Slots of each Pod. */
  readonly slots: number;
  /** Milliseconds from the end of the API server to its next start. */
  apiDownMs = 0;
  #submitted: Run[] = [];
  #place!: PodPlace;
  readonly #leaders: Leader[] = [];
  readonly #over = new AbortController();
  readonly #options: WorldOptions;

  constructor(slots: number, options: WorldOptions = {}) {
    this.slots = slots;
    this.#options = options;
  }

  /** Starts everything but Pods. */
  async start(): Promise<void> {
    mkdirSync(join(this.dir, 'locks'));
    writeFileSync(join(this.dir, 'record'), '');
    const port = await freePort();
    this.api = new AgentProcess({
      ...{ name: 'API server', script: join(ROOT, 'test/agents/local/api/serve.ts'), args: [this.dir, String(port)] },
      env: { PATH: process.env['PATH'] },
      ...{ logFile: join(this.dir, 'api.log'), canSetClock: this.#options.canSetClocks ?? false },
      beforeRestart: () => systemClock.sleep(this.apiDownMs),
    });
    await this.apiIsUp(port);
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromString(readFileSync(join(this.dir, 'kubeconfig'), 'utf8'));
    this.clients = makeClients(kubeConfig);
    for (const name of [NAMESPACE, AGENTS_NAMESPACE]) await this.clients.namespaces.create({ metadata: { name } });
    const { spec } = makeRuntime('faults').capacity({ runs: this.slots }).obj();
    await this.clients.runtimes.create({ metadata: { name: 'faults', namespace: NAMESPACE }, spec });
    this.history = new RunHistory(this.clients.runs, NAMESPACE, this.#over.signal);
    this.#place = {
      ...{ clients: this.clients, namespace: NAMESPACE, runtime: 'faults', dir: this.dir },
      ...{ dist: join(ROOT, 'dist/agents'), server: `http://127.0.0.1:${port}` },
      token: kubeConfig.getCurrentUser()?.token ?? '',
    };
    this.controller = await this.startLeader('controller');
    this.scheduler = await this.startLeader('scheduler');
  }

  /** Starts a controller or a scheduler; with an own namespace for its Lease, one leads beside the other. */
  async startLeader(name: 'controller' | 'scheduler', leaseNamespace = AGENTS_NAMESPACE): Promise<Leader> {
    const proxy = await startProxy(name, this.#place.server);
    const healthPort = await freePort();
    const kubeconfig = join(this.dir, `${name}-${leaseNamespace}.kubeconfig`);
    writeFileSync(kubeconfig, kubeconfigFor(proxy.url, { token: this.#place.token }));
    const agent = new AgentProcess({
      name,
      script: join(this.#place.dist, `${name}.js`),
      ...{ nodeArgs: this.#options.nodeArgs, canSetClock: this.#options.canSetClocks ?? false },
      env: {
        ...{ PATH: process.env['PATH'], KUBECONFIG: kubeconfig, KRT_HEALTH_PORT: String(healthPort) },
        ...{ KRT_POD_NAMESPACE: leaseNamespace, KRT_WATCH_NAMESPACE: NAMESPACE },
      },
      logFile: join(this.dir, `${name}.log`),
      // in place of the 15 seconds after which the Lease of a killed leader has expired
      beforeRestart: () => this.clients.leases.delete(LEASES[name], leaseNamespace).catch(() => undefined),
    });
    const leader = { agent, healthPort, proxy };
    this.#leaders.push(leader);
    return leader;
  }

  /** Resolves once the API server answers on its port. */
  apiIsUp(port = Number(new URL(this.#place.server).port)): Promise<void> {
    return becomes('the API server answers', () => answersOk(port, '/readyz'));
  }

  async addPod(options: Partial<PodOptions> & { readonly name: string }): Promise<TestPod> {
    const pod = await startPod(this.#place, { slots: this.slots, ...this.#options, ...options });
    this.pods.add(pod);
    return pod;
  }

  async removePod(pod: TestPod): Promise<void> {
    this.pods.delete(pod);
    await pod.end();
  }

  /** Creates a Run whose program records itself and does what `script` says. */
  async submit(script: string, more: Partial<RunSpec> = {}): Promise<Run> {
    const metadata = { generateName: 'run-', namespace: NAMESPACE };
    const run = await this.clients.runs.create({ metadata, spec: program(this.dir, script, more) });
    this.#submitted.push(run);
    tally.runs += 1;
    return run;
  }

  /** Asks for the cancellation of a Run. */
  async cancel({ metadata: { name } }: Run): Promise<void> {
    await this.clients.runs.patch(name!, NAMESPACE, { spec: { cancelRequested: true } });
  }

  /** The proxies of all agents. */
  get proxies(): ApiProxy[] {
    return [...this.#leaders, ...this.pods].map(({ proxy }) => proxy);
  }

  /** One rule for all agents; undefined: no more faults. */
  set rule(rule: Rule | undefined) {
    for (const proxy of this.proxies) proxy.rule = rule;
  }

  /** Resolves once the newest version of the Run fulfils `probe`. */
  async sees(run: Run, what: string, probe: (run: Run) => boolean, boundMs = 20_000): Promise<Run> {
    const name = run.metadata.name!;
    const holds = () => {
      const seen = this.history.get(name);
      return seen !== undefined && probe(seen);
    };
    await this.history.until(`${name} ${what}`, holds, boundMs).catch(error => {
      throw new Error(`${error.message}: ${JSON.stringify(this.history.get(name)?.status)}`, { cause: error });
    });
    return this.history.get(name)!;
  }

  ended(run: Run, boundMs?: number): Promise<Run> {
    return this.sees(run, 'has ended', isTerminal, boundMs);
  }

  /** Resolves once a program of the Run has recorded its start. */
  started(run: Run, attempt = 1): Promise<void> {
    const { uid, name } = run.metadata;
    const isStart = (line: { uid: string; attempt: number }) => line.uid === uid && line.attempt === attempt;
    return becomes(`attempt ${attempt} of ${name} runs`, () => readRecord(this.dir).some(isStart));
  }

  /** Resolves once a program of the Run has recorded its start, or there will be none. */
  startedOrEnded(run: Run): Promise<void> {
    const { uid, name } = run.metadata;
    const isOver = () => this.#isOver(name!, uid!) || readRecord(this.dir).some(line => line.uid === uid);
    return becomes(`${name} runs or has ended`, isOver);
  }

  /** Resolves once the agent was started `times` times. */
  restarted(agent: AgentProcess, times: number, boundMs?: number): Promise<void> {
    return becomes(`${agent.options.name} is started again`, () => agent.starts >= times, boundMs);
  }

  /** Waits for the end of every Run of this case, lets the checker judge, and starts anew; throws with the breaches. */
  async judge({ boundMs = 30_000, assignsPrecisely = true }: Judgement = {}): Promise<void> {
    const left = () => this.#submitted.filter(({ metadata }) => !this.#isOver(metadata.name!, metadata.uid!));
    // a Run that does not end is for the checker to tell
    await this.history.until('all Runs end', () => left().length === 0, boundMs).catch(() => undefined);
    const survivors = await this.#survivors();
    const lines = readRecord(this.dir);
    const { versions, deleted } = this.history;
    const breaches = check({ versions, deleted, lines, slotsPerPod: this.slots, assignsPrecisely, survivors });
    tally.breaches += breaches.length;
    this.#submitted = [];
    this.history.clear();
    writeFileSync(join(this.dir, 'record'), '');
    if (breaches.length > 0) throw new Error(this.#tell(breaches, versions));
  }

  /** Ends all processes; `keep` leaves their logs in place. */
  async end(keep = false): Promise<void> {
    this.#over.abort();
    for (const pod of this.pods) await pod.end();
    await Promise.all(this.#leaders.map(({ agent }) => agent.end()));
    await Promise.all(this.#leaders.map(({ proxy }) => proxy.close()));
    this.clients?.transport.close();
    await this.api?.end();
    if (!keep) rmSync(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }

  #isOver(name: string, uid: string): boolean {
    const run = this.history.get(name);
    return run === undefined ? this.history.deleted.has(uid) : isTerminal(run);
  }

  /** Processes of programs that are alive five seconds after the last Run has ended. */
  async #survivors(): Promise<string[]> {
    const left = () => processesWith(`FAULTS_DIR=${this.dir}`);
    await becomes('all processes end', () => left().length === 0, 5000).catch(() => undefined); // told as survivors
    return left();
  }

  #tell(breaches: readonly Breach[], versions: readonly Run[]): string {
    const lines = breaches.map(({ invariant, run, what }) => `${invariant} ${run}: ${what}`);
    const names = new Set(breaches.map(({ run }) => run.split(' ')[0]));
    const involved = versions.filter(({ metadata }) => names.has(metadata.name)).slice(-20);
    const statuses = involved.map(({ metadata, status }) => `${metadata.name}: ${JSON.stringify(status)}`);
    return [`broken, with seed ${SEED} (logs in ${this.dir}):`, ...lines, ...statuses].join('\n');
  }
}
