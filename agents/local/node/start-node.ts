import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Clients } from '../../../crds/client/index.ts';
import type { Pod } from '../../../crds/client/resources.ts';
import type { Clock } from '../../lib/clock.ts';
import { startInformer } from '../../lib/informer.ts';
import type { Images } from './container/images.ts';
import type { NodeContext } from './context.ts';
import { makeEvents } from './events.ts';
import type { LogStore } from './logs/log-store.ts';
import type { PodFiles } from './pod/pod-files.ts';
import { PodWorker } from './pod/pod-worker.ts';
import type { PortPool } from './pod/ports.ts';

/** What a process node runs with. */
export interface NodeOptions {
  readonly clients: Pick<Clients, 'pods' | 'events' | 'transport'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Name under which it takes Pods. */
  readonly nodeName: string;
  /** Directory for persistent volumes. */
  readonly dir: string;
  readonly files: PodFiles;
  readonly logs: LogStore;
  readonly ports: PortPool;
  readonly images: Images;
  readonly searchPath: string;
  readonly kubeconfig: string;
  readonly token: string;
}

/** A process node that runs. */
export interface Node {
  /** Resolves when the node knows its Pods. */
  readonly synced: Promise<void>;
  /** Ends all processes, after `graceMs` by force; Pods stay. A second call may shorten the grace. */
  stop(graceMs: number): Promise<void>;
}

/** Starts a kubelet for processes: it takes every Pod that no other node has. `sweep` must have come before. */
export function startNode(options: NodeOptions): Node {
  const { clients, clock, log, nodeName, files, logs, dir } = options;
  const watching = new AbortController();
  const workers = new Map<string, PodWorker>();
  let isStopping = false;
  const onRetry = (error: unknown, delayMs: number) => log.warn({ err: error, delayMs }, 'the watch of Pods failed');
  const pods = startInformer<Pod>({ client: clients.pods, clock, signal: watching.signal, onRetry });
  const context: NodeContext = {
    ...{ clients, pods, clock, log, files, logs, nodeName },
    ...{ images: options.images, searchPath: options.searchPath, kubeconfig: options.kubeconfig, token: options.token },
    ports: options.ports,
    event: makeEvents({ client: clients.events, clock, log, signal: watching.signal }),
    claimsDir: join(dir, 'volumes'),
  };

  pods.on(({ type, object }) => {
    const { uid = '' } = object.metadata;
    const worker = workers.get(uid);
    if (type === 'deleted') worker?.remove();
    else if (worker) worker.update(object);
    else if (!object.spec.nodeName || object.spec.nodeName === nodeName) add(uid, object);
  });

  function add(uid: string, pod: Pod): void {
    if (isStopping) return;
    const worker = new PodWorker(context, pod);
    workers.set(uid, worker);
    void worker.finished.then(() => workers.delete(uid));
  }

  const synced = pods.synced.then(async () => {
    for (const uid of await files.list()) {
      if (workers.has(uid)) continue;
      await files.remove(uid).catch(err => log.error({ err, uid }, 'the files of a Pod that is gone were not removed'));
    }
  });

  return {
    synced,
    async stop(graceMs) {
      isStopping = true;
      const by = clock.now() + graceMs;
      const all = [...workers.values()];
      for (const worker of all) worker.stop(by);
      await Promise.all(all.map(({ finished }) => finished));
      watching.abort(new Error('the node stops'));
    },
  };
}
