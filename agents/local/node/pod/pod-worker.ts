import { isConflict, isNotFound } from '../../../../crds/client/api-error.ts';
import type { Pod } from '../../../../crds/client/resources.ts';
import type { NodeContext } from '../context.ts';
import { checkImages } from './check-images.ts';
import { deletePod } from './delete-pod.ts';
import { mayStart, type PodView, planPod } from './plan.ts';
import { isConfigError, type Prepared, preparePod } from './prepared.ts';
import { type ContainerRecord, endingOf, lostEnding, newRecord, recordEnding } from './records.ts';
import type { RunningContainer } from './running-container.ts';
import { containersOf, graceSecondsOf, initContainersOf, type NodeContainer, restartPolicyOf } from './spec.ts';
import { startContainer } from './start-container.ts';
import { StatusTeller } from './status-teller.ts';
import { stopContainers } from './stop-containers.ts';
import { Waker } from './waker.ts';

/** A missing ConfigMap, Secret or claim is looked for again after this long. */
const CONFIG_RETRY_MS = 2_000;
/** What a Pod gets that was deleted without any grace. */
const LEAST_GRACE_MS = 2_000;

/** Runs one Pod: starts its containers, tells its status, ends it. One loop does it all, woken by whatever happens. */
export class PodWorker {
  readonly #context: NodeContext;
  readonly #waker: Waker;
  readonly #running = new Map<string, RunningContainer>();
  /** Aborts what the loop waits for, when the Pod is to end. */
  readonly #interrupt = new AbortController();
  readonly #teller: StatusTeller;
  #pod: Pod;
  #init: ContainerRecord[] = [];
  #main: ContainerRecord[] = [];
  #prepared: Prepared | undefined;
  #removed = false;
  /** Set when the node stops: the Pod stays. */
  #stopBy: number | undefined;
  #wakeAt: number | undefined;
  /** Resolves when all processes have ended and nothing more is to be done. Never rejects. */
  readonly finished: Promise<void>;

  constructor(context: NodeContext, pod: Pod) {
    this.#context = context;
    this.#waker = new Waker(context.clock);
    this.#pod = pod;
    this.#teller = new StatusTeller(context);
    if (pod.metadata.deletionTimestamp) this.#interrupt.abort();
    this.finished = this.#run();
  }

  /** The Pod as the API server tells it, in the answers of our own writes too. */
  update(pod: Pod): void {
    this.#pod = pod;
    if (pod.metadata.deletionTimestamp) this.#interrupt.abort();
    this.#waker.call();
  }

  /** The API server has the Pod no more. */
  remove(): void {
    this.#removed = true;
    this.#interrupt.abort();
    this.#waker.call();
  }

  /** Ends the Pod's processes, at the latest at `by` (Unix milliseconds); the Pod and its files stay. */
  stop(by: number): void {
    this.#stopBy = Math.min(by, this.#stopBy ?? by);
    this.#interrupt.abort();
    this.#waker.call();
  }

  get #isOver(): boolean {
    return this.#interrupt.signal.aborted;
  }

  /** Once told, a phase of that kind is the last. */
  get #hasEnded(): boolean {
    return this.#pod.status?.phase === 'Succeeded' || this.#pod.status?.phase === 'Failed';
  }

  get #view(): PodView {
    return { policy: restartPolicyOf(this.#pod), init: this.#init, main: this.#main };
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      try {
        await this.#sync(this.#interrupt.signal);
      } catch (error) {
        if (this.#isOver) break;
        this.#report(error);
      }
      if (!this.#isOver) await this.#waker.wait(this.#wakeAt);
    }
    await this.#terminate();
  }

  /** What an earlier daemon knew; what it ran was ended before this node started. */
  async #load(): Promise<void> {
    const { clock, files } = this.#context;
    const saved = new Map((await files.load(this.#pod.metadata.uid ?? '')).map(record => [record.name, record]));
    const recall = ({ name }: NodeContainer) => {
      const record = saved.get(name);
      // what it waited for may be there by now
      if (!record || record.state === 'waiting') return newRecord(name);
      if (record.state === 'running') recordEnding(record, lostEnding(record.startedAt, clock.now()));
      return Object.assign(record, { process: undefined, backoffMs: 0, notBefore: 0 });
    };
    this.#init = initContainersOf(this.#pod).map(recall);
    this.#main = containersOf(this.#pod).map(recall);
  }

  /** Does what there is to do now, and tells how things are. */
  async #sync(signal: AbortSignal): Promise<void> {
    const { clock } = this.#context;
    this.#wakeAt = undefined;
    if (this.#main.length === 0) await this.#load();
    if (this.#hasEnded) return;
    await this.#claim(signal);
    if (await this.#prepare(signal)) {
      this.#wake(checkImages(this.#context, this.#pod, name => this.#record(name)));
      const { start, wakeAt } = planPod(this.#view, clock.now());
      this.#wake(wakeAt);
      for (const name of start) await this.#start(name);
    }
    await this.#teller.tell(this.#pod, this.#view, signal);
    await this.#save();
  }

  /** Without a kube-scheduler, the node takes what has none. */
  async #claim(signal: AbortSignal): Promise<void> {
    const { clients, pods, nodeName } = this.#context;
    const { name = '', namespace, resourceVersion } = this.#pod.metadata;
    if (this.#pod.spec.nodeName) return;
    const patch = { metadata: { resourceVersion }, spec: { nodeName } };
    pods.put(await clients.pods.patch(name, namespace, patch, { signal }));
  }

  async #prepare(signal: AbortSignal): Promise<boolean> {
    try {
      this.#prepared ??= await preparePod(this.#context, this.#pod, signal);
      return true;
    } catch (error) {
      if (!isConfigError(error)) throw error;
      this.#context.event(this.#pod, 'Warning', 'FailedMount', error.message);
      for (const record of [...this.#init, ...this.#main]) record.message = error.message;
      this.#wake(this.#context.clock.now() + CONFIG_RETRY_MS);
      return false;
    }
  }

  async #start(name: string): Promise<void> {
    const { clock, event, log, logs, ports } = this.#context;
    const { uid = '' } = this.#pod.metadata;
    const container = this.#specs().find(each => each.name === name)!;
    const record = this.#record(name);
    try {
      const running = await startContainer(this.#context, {
        ...{ pod: this.#pod, container, record, prepared: this.#prepared! },
        ports: await ports.takeFor(this.#pod),
        save: () => this.#save(),
        changed: () => this.#waker.call(),
      });
      this.#running.set(name, running);
      event(this.#pod, 'Normal', 'Started', `Container ${name} started`);
      void running.ended.then(exit => {
        this.#running.delete(name);
        recordEnding(record, endingOf(exit, record.startedAt, clock.now()));
        if (mayStart(record, this.#view.policy, this.#init.includes(record))) logs.retire(uid, name);
        log.info({ pod: this.#pod.metadata.name, container: name, ...exit }, 'a container ended');
        this.#waker.call();
      });
    } catch (error) {
      if (record.state === 'running') {
        const failed = { exitCode: 128, reason: 'StartError', message: (error as Error).message };
        recordEnding(record, { ...failed, startedAt: record.startedAt, finishedAt: clock.now() });
        this.#waker.call();
        return;
      }
      if (!isConfigError(error)) throw error;
      Object.assign(record, { reason: 'CreateContainerConfigError', message: error.message });
      // what it names is read anew with the rest
      this.#prepared = undefined;
      this.#wake(clock.now() + CONFIG_RETRY_MS);
    }
  }

  async #terminate(): Promise<void> {
    const { clock, ports, event } = this.#context;
    if (this.#running.size > 0) event(this.#pod, 'Normal', 'Killing', 'Stopping the containers');
    const begun = clock.now();
    const deadline = () => {
      const grace = this.#removed ? LEAST_GRACE_MS : graceSecondsOf(this.#pod) * 1000;
      return Math.min(begun + grace, this.#stopBy ?? Number.POSITIVE_INFINITY);
    };
    await stopContainers([...this.#running.values()], { clock, waker: this.#waker, deadline });
    ports.release(this.#pod.metadata.uid ?? '');
    if (this.#removed || this.#pod.metadata.deletionTimestamp) await this.#forget();
    else await this.#remember();
  }

  /** The Pod goes, with all that it has here. */
  async #forget(): Promise<void> {
    const { files, logs, log } = this.#context;
    const { uid = '', name } = this.#pod.metadata;
    // the next start of the node tries again
    await files.remove(uid).catch(err => log.error({ err, pod: name }, 'the files of a Pod were not removed'));
    logs.forget(uid);
    if (!this.#removed) await deletePod(this.#context, this.#pod, () => this.#removed || this.#stopBy !== undefined);
  }

  /** The Pod stays, for the next start of the node. */
  async #remember(): Promise<void> {
    const { log } = this.#context;
    if (this.#main.length === 0 || this.#hasEnded) return;
    await this.#teller.lastWords(this.#pod, this.#view);
    await this.#save().catch(err => log.error({ err, pod: this.#pod.metadata.name }, 'a Pod was not remembered'));
  }

  #report(error: unknown): void {
    const { log, clock } = this.#context;
    const lost = isConflict(error) || isNotFound(error);
    log[lost ? 'debug' : 'warn']({ err: error, pod: this.#pod.metadata.name }, 'a Pod could not be brought on');
    this.#wake(clock.now() + CONFIG_RETRY_MS);
  }

  #wake(at: number | undefined): void {
    if (at !== undefined) this.#wakeAt = Math.min(at, this.#wakeAt ?? at);
  }

  #specs(): NodeContainer[] {
    return [...initContainersOf(this.#pod), ...containersOf(this.#pod)];
  }

  #record(name: string): ContainerRecord {
    return [...this.#init, ...this.#main].find(record => record.name === name)!;
  }

  #save(): Promise<void> {
    return this.#context.files.save(this.#pod.metadata.uid ?? '', [...this.#init, ...this.#main]);
  }
}
