import type { Runtime } from '../../../crds/v1alpha1/runtime.ts';
import type { Clock } from '../../clock.ts';
import { connect } from '../../cluster/connect.ts';
import { findKubeconfig } from '../../cluster/find-kubeconfig.ts';
import { selectCluster } from '../../cluster/select-cluster.ts';
import type { UpResult } from '../../printers/local.ts';
import type { Progress } from '../../ui/progress.ts';
import { ensureRuntime } from './built-in-runtimes.ts';
import { askDaemon } from './daemon.ts';
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

/** Has the embedded default up, the one that runs or a new one, with the Runtimes on it ready. */
export async function bringUp(options: BringUpOptions): Promise<UpResult> {
  const { home, bundle, env, signal, progress, runtimes } = options;
  const running = await askDaemon(home, signal);
  if (!running) progress.show('starting the embedded default');
  const info = running ?? (await startDaemon({ home, bundle, env, signal }));
  const names = runtimes.map(({ metadata }) => metadata.name ?? '');
  if (names.length > 0) {
    progress.show(`waiting for Runtime ${names.join(', ')}`);
    await ensureRuntimes(info.kubeconfig, options);
  }
  return { ...info, wasUp: running !== undefined, runtimes: names };
}

async function ensureRuntimes(kubeconfig: string, options: BringUpOptions): Promise<void> {
  const { home, env, version, namespace, clock, signal } = options;
  const found = await findKubeconfig({ flag: kubeconfig, env, home, krtHome: home, optional: false });
  const { transport, runtimes } = connect(selectCluster(found, {}), { userAgent: `krt/${version}` });
  try {
    for (const runtime of options.runtimes) await ensureRuntime(runtime, { runtimes, namespace, clock, signal });
  } finally {
    transport.close();
  }
}
