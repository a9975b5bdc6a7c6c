import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { processesWith } from '../../acceptance/harness/processes.ts';
import { type CpuTime, cpuOf, cpuSpent } from '../cpu-time.ts';
import { echoRun } from '../echo-run.ts';
import type { Stage } from '../stage.ts';

/** Milliseconds of CPU that each part of the embedded default spends on one Run, by the part's name. */
export type CpuFigures = Readonly<Record<string, number>>;

const COUNT = 100;

/** 100 Runs one after another, with a look at the CPU time of all processes before and after. Needs Linux. */
export async function measureCpu({ clients, namespace, runs, env }: Stage): Promise<CpuFigures> {
  const home = env['HOME'] ?? '';
  const before = lookAt(home);
  for (let i = 0; i < COUNT; i++) {
    await clients.runs.create(echoRun(`cpu-${i}`, namespace));
    await runs.ended(`cpu-${i}`);
  }
  return cpuSpent(before, lookAt(home), COUNT);
}

/** CPU time by process id, of the processes that belong to the embedded default of that home. */
function lookAt(home: string): Map<string, CpuTime> {
  const found = new Map<string, CpuTime>();
  for (const line of processesWith(home)) {
    const [pid = '', , script = ''] = line.split(' ');
    if (!script.includes('dist/agents/')) continue;
    found.set(pid, cpuOf(basename(script, '.js'), readFileSync(`/proc/${pid}/stat`, 'utf8')));
  }
  return found;
}
