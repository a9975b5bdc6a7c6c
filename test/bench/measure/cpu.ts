import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { processesWith } from '../../acceptance/harness/processes.ts';
import { type CpuTime, cpuOf, cpuSpent } from '../cpu-time.ts';
import { echoRun } from '../echo-run.ts';
import type { Stage } from '../stage.ts';
import { burst } from './burst.ts';

/** Milliseconds of CPU that each part spends on one Run, by the part's name. */
export type CpuFigures = Readonly<Record<string, number>>;

const COUNT = 100;
const MANY = { count: 300, width: 50 };

/** On the embedded default: 100 Runs one after another, between two looks at all of its processes. Needs Linux. */
export async function measureCpu({ clients, namespace, runs, env }: Stage): Promise<CpuFigures> {
  const home = env['HOME'] ?? '';
  const before = lookAtEmbedded(home);
  for (let i = 0; i < COUNT; i++) {
    await clients.runs.create(echoRun(`cpu-${i}`, namespace));
    await runs.ended(`cpu-${i}`);
  }
  return cpuSpent(before, lookAtEmbedded(home), COUNT);
}

/** On a cluster: 300 Runs with 50 creates in flight. Nothing where the cluster is not on this machine. */
export async function measureClusterCpu({ clients, namespace, runs }: Stage): Promise<CpuFigures> {
  const before = lookAtCluster();
  if (![...before.values()].some(({ part }) => part === 'kube-apiserver')) return {};
  const submit = async (i: number) => void (await clients.runs.create(echoRun(`cpu-${i}`, namespace)));
  await burst({ submit, ended: i => runs.ended(`cpu-${i}`) }, MANY);
  const spent = Object.entries(cpuSpent(before, lookAtCluster(), MANY.count));
  // Runtimes of others stand by
  return Object.fromEntries(spent.filter(([, ms]) => ms > 0));
}

/** CPU time by process id, of the processes that belong to the embedded default of that home. */
function lookAtEmbedded(home: string): Map<string, CpuTime> {
  const found = new Map<string, CpuTime>();
  for (const line of processesWith(home)) {
    const [pid = '', ...words] = line.split(' ');
    const script = words.find(word => word.includes('dist/agents/'));
    if (!script) continue;
    found.set(pid, cpuOf(basename(script, '.js'), readFileSync(`/proc/${pid}/stat`, 'utf8')));
  }
  return found;
}

/** Beside krt's own, what a Run keeps busy in the cluster itself. */
const CLUSTER_PARTS = /^(kube-apiserver|etcd|kubelet|containerd)$/;

/** CPU time by process id, of what executes images of krt and of the cluster's own processes. */
function lookAtCluster(): Map<string, CpuTime> {
  const found = new Map<string, CpuTime>();
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    try {
      const [command = '', ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      const script = args.find(arg => arg.startsWith('/app/'));
      // tini and containerd-shim have the script among their words too
      const part = basename(command) === 'node' && script ? basename(script, '.js') : basename(command);
      if (!script && !CLUSTER_PARTS.test(part)) continue;
      if (script && part !== basename(script, '.js')) continue;
      found.set(pid, cpuOf(part, readFileSync(`/proc/${pid}/stat`, 'utf8')));
    } catch {
      // it has ended since it was listed
    }
  }
  return found;
}
