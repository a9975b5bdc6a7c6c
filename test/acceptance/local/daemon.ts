import { readFileSync } from 'node:fs';
import { KubeConfig } from '@kubernetes/client-node';
import { systemClock } from '../../../agents/lib/clock.ts';
import { type Clients, makeClients } from '../../../crds/client/index.ts';
import { type Finished, run, type Started, start } from '../harness/cli.ts';
import { type Embedded, makeEmbedded } from '../harness/embedded.ts';
import { pidsWith } from '../harness/processes.ts';
import { CLUSTER_KUBECONFIG, KRT_BIN, TEST_TIMEOUT_MS } from '../harness/settings.ts';

/** An embedded default of a suite's own, and krt to speak to it. */
export interface Daemon extends Embedded {
  krt(...args: string[]): Promise<Finished>;
  start(...args: string[]): Started;
  clients(): Clients;
  /** Ids of daemons that run in its folder. */
  pids(): number[];
  /** Ends the daemon as a crash would; resolves once it is gone. */
  kill(): Promise<void>;
}

/** Gives each test of the suite that calls it an embedded default which is not up yet; nothing of it outlives the test. */
export function useDaemon(): Daemon {
  const daemon = {} as Daemon;
  let opened: Clients[] = [];
  before(function () {
    // a cluster has no daemon
    if (CLUSTER_KUBECONFIG) this.skip();
  });
  beforeEach(async function () {
    this.timeout(2 * TEST_TIMEOUT_MS);
    const embedded = await makeEmbedded();
    const { env, home, kubeconfig } = embedded;
    Object.assign(daemon, embedded, {
      krt: (...args: string[]) => run(process.execPath, [KRT_BIN, ...args], { env }),
      start: (...args: string[]) => start(process.execPath, [KRT_BIN, ...args], { env }),
      clients: () => {
        const kubeConfig = new KubeConfig();
        kubeConfig.loadFromFile(kubeconfig);
        const clients = makeClients(kubeConfig);
        opened.push(clients);
        return clients;
      },
      pids: () => pidsWith(home, /agents\/local\.js$/),
      kill: async () => {
        for (const pid of daemon.pids()) process.kill(pid, 'SIGKILL');
        while (daemon.pids().length > 0) await systemClock.sleep(10);
      },
    });
  });
  afterEach(async () => {
    for (const { transport } of opened) transport.close();
    opened = [];
    await daemon.end();
  });
  return daemon;
}

/** The token of a kubeconfig that an embedded default has written. */
export function tokenOf(kubeconfig: string): string {
  const { users } = JSON.parse(readFileSync(kubeconfig, 'utf8')) as { users: { user: { token: string } }[] };
  return users[0]!.user.token;
}
