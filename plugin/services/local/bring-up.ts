import type { Runtime } from '../../../crds/v1alpha1/runtime.ts';
import type { Clock } from '../../clock.ts';
import { connect } from '../../cluster/connect.ts';
import { findKubeconfig } from '../../cluster/find-kubeconfig.ts';
import { selectCluster } from '../../cluster/select-cluster.ts';
import type { UpResult } from '../../printers/local.ts';
import type { Progress } from '../../ui/progress.ts';
import { ensureRuntime } from './built-in-runtimes.ts';
import { askDaemon, type DaemonInfo } from './daemon.ts';
import { startDaemon } from './start-daemon.ts';

export interface BringUpOptions {
  /** Folder of the embedded default. */
  readonly home: string;
  /** The daemon's bundle. */
  readonly bundle: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly version: string;
  /** Where the Runtimes are made. */
  readonly namespace: string;
  readonly runtimes: readonly Runtime[];
  readonly progress: Pick<Progress, 'show'>;
}

/** Milliseconds until a daemon that can not be spoken to is asked again: it starts, or is on its way out. */
const AGAIN_MS = 100;

/** Has the embedded default up, the one that runs or a new one, with the Runtimes on it ready. */
export async function bringUp(options: BringUpOptions): Promise<UpResult> {
  const { progress, runtimes } = options;
  const { info, wasUp } = await findOrStart(options);
  const names = runtimes.map(({ metadata }) => metadata.name ?? '');
  if (names.length > 0) progress.show(`waiting for Runtime ${names.join(', ')}`);
  const others = await ensureRuntimes(info.kubeconfig, options);
  return { ...info, wasUp, runtimes: [...new Set([...names, ...others])] };
}

async function findOrStart(options: BringUpOptions): Promise<{ info: DaemonInfo; wasUp: boolean }> {
  const { home, bundle, env, signal, clock, progress } = options;
  for (; ; await clock.sleep(AGAIN_MS, signal)) {
    const running = await askDaemon(home, signal);
    if (running) return { info: running, wasUp: true };
    progress.show('starting the embedded default');
    const started = await startDaemon({ home, bundle, env, signal });
    if (started) return { info: started, wasUp: false };
  }
}

/** Gives the names of all Runtimes that are there then, in their order. */
async function ensureRuntimes(kubeconfig: string, options: BringUpOptions): Promise<string[]> {
  const { home, env, version, namespace, clock, signal } = options;
  const found = await findKubeconfig({ flag: kubeconfig, env, home, krtHome: home, optional: false });
  const { transport, runtimes } = connect(selectCluster(found, {}), { userAgent: `krt/${version}` });
  try {
    for (const runtime of options.runtimes) await ensureRuntime(runtime, { runtimes, namespace, clock, signal });
    const { items } = await runtimes.list(namespace, { signal });
    return items.map(({ metadata }) => metadata.name ?? '').sort();
  } finally {
    transport.close();
  }
}
