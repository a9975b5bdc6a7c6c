import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { pino } from 'pino';
import { kubeconfigServer, startApiServer } from '../../../../agents/local/api/index.ts';
import type { Images } from '../../../../agents/local/node/container/images.ts';
import { LogStore } from '../../../../agents/local/node/logs/log-store.ts';
import { PodFiles } from '../../../../agents/local/node/pod/pod-files.ts';
import { PortPool } from '../../../../agents/local/node/pod/ports.ts';
import { type Node, startNode } from '../../../../agents/local/node/start-node.ts';
import { makeClients, type PodLogOptions } from '../../../../crds/client/index.ts';
import type { ContainerStatus, Pod } from '../../../../crds/client/resources.ts';
import { processesWith } from '../../../acceptance/harness/processes.ts';
import { record } from '../../../acceptance/harness/recorder.ts';
import { SkippingClock } from '../../../fakes/skipping-clock.ts';

const TOKEN = 'token-of-a-test';

/** What stands in for images: a shell for any command, and one that says what it was given. */
const IMAGES: Images = {
  sh: { argv: ['/bin/sh', '-c', 'echo default; sleep 600'], words: {}, lifeline: false },
  lifeline: { argv: ['/bin/sh', '-c', 'echo "exit with stdin: $KRT_EXIT_WITH_STDIN"; cat'], words: {}, lifeline: true },
};

/** Fields of a Pod's spec beside its one container, and of that. */
export type PodMore = Partial<Pod['spec']>;

/** An embedded API server over HTTP and a process node on it, in a directory of their own; `end` them. */
export async function makeNodeWorld() {
  const dir = mkdtempSync(join(tmpdir(), 'krt-node-'));
  const shared = join(dir, 'shared');
  mkdirSync(shared);
  const stop = new AbortController();
  const clock = new SkippingClock();
  const log = pino({ level: 'silent' });
  const files = new PodFiles(join(dir, 'pods'));
  const logs = new LogStore(
    uid => files.logs(uid),
    () => clock.now(),
  );
  const ports = new PortPool();
  const api = await startApiServer({
    ...{ dbFile: join(dir, 'krt.db'), crds: [], token: TOKEN, port: 0, clock, log },
    ...{ podLogs: logs, podPorts: ports, signal: stop.signal },
  });
  const kubeConfig = new KubeConfig();
  const server = kubeconfigServer(api.url, TOKEN);
  kubeConfig.loadFromClusterAndUser({ name: 'test', server, skipTLSVerify: false }, { name: 'test', token: TOKEN });
  const clients = makeClients(kubeConfig);
  const pods = record(clients.pods, 'default', stop.signal);

  const start = () =>
    startNode({
      ...{ clients, clock, log, files, logs, ports, dir, images: IMAGES, nodeName: 'local', token: TOKEN },
      ...{ searchPath: process.env['PATH']!, kubeconfig: join(dir, 'kubeconfig') },
    });
  let node: Node = start();
  await node.synced;

  const world = {
    ...{ dir, shared, clock, clients, pods, files, logs, api },
    /** Creates a Pod whose container `main` runs `script`, with the directory `/shared` of the test. */
    create: async (script: string | undefined, container: object = {}, more: PodMore = {}): Promise<string> => {
      const main = {
        name: 'main',
        image: 'sh',
        ...(script !== undefined && { command: ['/bin/sh', '-c', script] }),
        volumeMounts: [{ name: 'shared', mountPath: '/shared' }],
        env: [{ name: 'S', value: '/shared' }],
        ...container,
      };
      const volumes = [{ name: 'shared', hostPath: { path: shared } }];
      const spec = { containers: [main], volumes, ...more };
      const pod = await clients.pods.create({ metadata: { generateName: 'p-', namespace: 'default' }, spec });
      return pod.metadata.name!;
    },
    status: (name: string) => pods.get(name)?.status,
    container: (name: string): ContainerStatus | undefined => pods.get(name)?.status?.containerStatuses?.[0],
    /** The Pod once its first container is in that state: `running`, or `waiting`/`terminated` with a reason. */
    reaches: (name: string, state: string, reason?: string) =>
      pods.until(`${name}: ${state} ${reason ?? ''}`, () => {
        const found = world.container(name)?.state?.[state];
        return found && (reason === undefined || found['reason'] === reason) && pods.get(name);
      }),
    condition: (name: string, type: string) => pods.get(name)?.status?.conditions?.find(c => c.type === type)?.status,
    ready: (name: string, is = true) =>
      pods.until(`${name}: ${is ? '' : 'not '}ready`, () => world.condition(name, 'Ready') === (is ? 'True' : 'False')),
    /** The Pod's phase once it has ended. */
    phase: (name: string) =>
      pods.until(`the end of ${name}`, () =>
        ['Succeeded', 'Failed'].find(phase => pods.get(name)?.status?.phase === phase),
      ),
    isGone: (name: string) => pods.until(`${name} is gone`, () => pods.get(name) === undefined),
    log: async (name: string, options: Partial<PodLogOptions> = {}) => {
      const chunks = await clients.podLog(name, 'default', { container: 'main', ...options });
      return Buffer.concat(await Array.fromAsync(chunks)).toString();
    },
    /** Resolves once the container has said something. */
    says: async (name: string, options: Partial<PodLogOptions> = {}): Promise<string> => {
      for (;;) {
        const text = await world.log(name, options);
        if (text) return text;
        await clock.sleep(5);
      }
    },
    /** Deletes a Pod that runs, and resolves once the node is at it. */
    beginDelete: async (name: string) => {
      await clients.pods.delete(name, 'default');
      while (!(await world.events(name)).some(text => text.startsWith('Killing'))) await clock.sleep(5);
    },
    /** Processes of the node's Pods. */
    processes: () => processesWith(dir),
    events: async (name: string) =>
      (await clients.events.list('default')).items
        .filter(({ involvedObject }) => involvedObject.name === name)
        .map(({ reason, message }) => `${reason}: ${message}`),
    /** Ends the node as a daemon does that is asked to, and starts another. */
    stopNode: (graceMs = 60_000) => node.stop(graceMs),
    startNode: async () => {
      node = start();
      await node.synced;
    },
    end: async () => {
      await node.stop(0);
      stop.abort();
      clients.transport.close();
      await api.close();
      const left = world.processes();
      rmSync(dir, { recursive: true });
      if (left.length > 0) throw new Error(`processes are left:\n${left.join('\n')}`);
    },
  };
  return world;
}
