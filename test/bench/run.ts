// npm run bench [-- --cluster] [-- --check]: how fast krt is, beside what it can't be faster than. The table goes to
// stderr, JSON to stdout. --cluster takes the cluster of KUBECONFIG; --check fails where a ratio is out of its range.
import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  CLUSTER_GOALS,
  cliRows,
  cpuRows,
  EMBEDDED_GOALS,
  firstLineRows,
  jobRows,
  queueRows,
  runRows,
  withGoals,
} from './figures.ts';
import { measureCli } from './measure/cli.ts';
import { measureClusterCpu, measureCpu } from './measure/cpu.ts';
import { measureFirstLine } from './measure/first-line.ts';
import { measureJobs } from './measure/jobs.ts';
import { measureQueue } from './measure/queue.ts';
import { measureRuns } from './measure/runs.ts';
import type { Metric } from './metric.ts';
import { outOfRange, type Ranges } from './ranges.ts';
import { jsonText, type Setting, tableText } from './report.ts';
import { clusterStage, embeddedStage } from './stage.ts';

const { values: flags } = parseArgs({ options: { cluster: { type: 'boolean' }, check: { type: 'boolean' } } });
const load = loadavg()[0]!;
const target = flags.cluster ? 'cluster' : 'embedded';
const metrics = flags.cluster ? await onCluster() : await onEmbedded();
const cpus = availableParallelism();
const setting: Setting = { target, time: new Date().toISOString(), node: process.version, cpus, load };
process.stderr.write(`${tableText(metrics, setting)}\n`);
process.stdout.write(jsonText(metrics, setting));
if (flags.check) {
  const problems = outOfRange(metrics, readRanges(target));
  for (const problem of problems) process.stderr.write(`out of range: ${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
}

async function onEmbedded(): Promise<Metric[]> {
  await using stage = disposable(await embeddedStage());
  const runs = runRows(await measureRuns(stage));
  const cpu = cpuRows(await measureCpu(stage));
  const cli = cliRows(await measureCli(stage, { kubectl: false }));
  const firstLine = firstLineRows(await measureFirstLine());
  return withGoals([...runs, ...cpu, ...cli, ...firstLine], EMBEDDED_GOALS);
}

async function onCluster(): Promise<Metric[]> {
  const kubeconfig = process.env['KUBECONFIG'];
  if (!kubeconfig) throw new Error('--cluster takes the cluster of KUBECONFIG, which is not set');
  await using stage = disposable(await clusterStage(kubeconfig));
  const runs = await measureRuns(stage);
  const cpu = cpuRows(await measureClusterCpu(stage));
  const cli = cliRows(await measureCli(stage, { kubectl: true }));
  const jobs = jobRows(await measureJobs(stage), runs);
  const queue = queueRows(await measureQueue(stage));
  return withGoals([...runRows(runs), ...cpu, ...jobs, ...cli, ...queue], CLUSTER_GOALS);
}

function disposable<T extends { close(): Promise<void> }>(stage: T): T & AsyncDisposable {
  return { ...stage, [Symbol.asyncDispose]: () => stage.close() };
}

function readRanges(name: string): Ranges {
  const text = readFileSync(join(import.meta.dirname, 'ranges.json'), 'utf8');
  return (JSON.parse(text) as Record<string, Ranges>)[name] ?? {};
}
