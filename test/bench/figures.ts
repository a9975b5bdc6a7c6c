import type { Burst } from './measure/burst.ts';
import type { CliFigures } from './measure/cli.ts';
import type { CpuFigures } from './measure/cpu.ts';
import type { FirstLineFigures } from './measure/first-line.ts';
import type { JobFigures } from './measure/jobs.ts';
import type { QueueFigures } from './measure/queue.ts';
import type { RunFigures } from './measure/runs.ts';
import type { Goal, Metric } from './metric.ts';
import { median, quantile } from './statistics.ts';

/** What is to be reached, by the ids of metrics. */
export type Goals = Readonly<Record<string, Goal>>;

/** The goals on the embedded default. */
export const EMBEDDED_GOALS: Goals = {
  'run.overBare': { atMost: 3 },
  'burst.rate': { atLeast: 100 },
  'cli.version.overNode': { atMost: 60 },
  'cli.run.p50': { atMost: 200 },
  'cli.complete.p50': { atMost: 150 },
  'firstLine.python': { atMost: 15 },
  'firstLine.node': { atMost: 15 },
};

/** The goals on a cluster. */
export const CLUSTER_GOALS: Goals = {
  'run.p50': { atMost: 25 },
  'run.overBare': { atMost: 2.5 },
  'run.writes': { atMost: 3 },
  'burst.rate': { atLeast: 120 },
  'burst.overBare': { atLeast: 0.65 },
  'burst.p50': { atMost: 1000 },
  'job.overRun': { atLeast: 100 },
  'cli.kubectl.p50': { atMost: 250 },
  'queue.cpuGrowth': { atMost: 1.5 },
  'rss.controller': { atMost: 120 },
  'rss.scheduler': { atMost: 120 },
  'rss.runtimed': { atMost: 120 },
};

/** A row: its goal is looked up by its id. */
type Row = Omit<Metric, 'goal'>;

/** The figures with their goals. */
export function withGoals(rows: readonly Row[], goals: Goals): Metric[] {
  return rows.map(row => ({ ...row, ...(goals[row.id] && { goal: goals[row.id] }) }));
}

/** Rows on Runs beside bare writes. */
export function runRows({ sequence, bursts, writes, arrows }: RunFigures): Row[] {
  const p50 = median(sequence.run);
  const bare = median(sequence.bare);
  const rate = ({ count, seconds }: Burst) => count / seconds;
  const overBare = median(bursts.map(({ run, bare }) => rate(run) / rate(bare)));
  return [
    { id: 'run.p50', title: 'one after another: create to end, p50', value: p50, unit: 'ms' },
    { id: 'run.p95', title: '… p95', value: quantile(sequence.run, 0.95), unit: 'ms' },
    { id: 'bare.p50', title: '… bare create + 2 status patches, p50', value: bare, unit: 'ms' },
    { id: 'run.overBare', title: '… to the bare writes', value: p50 / bare, unit: 'times' },
    { id: 'run.writes', title: '… writes of each Run', value: writes, unit: 'writes' },
    { id: 'arrow.decide', title: '… of it, create stored and seen by the scheduler', value: arrows.decide, unit: 'ms' },
    { id: 'arrow.bind', title: '… bind stored and seen by runtimed', value: arrows.bind, unit: 'ms' },
    { id: 'arrow.execute', title: '… workspace, claim, Execute, program', value: arrows.execute, unit: 'ms' },
    { id: 'arrow.finish', title: '… log and outputs, finish stored and seen', value: arrows.finish, unit: 'ms' },
    {
      id: 'burst.rate',
      title: '300 Runs, 50 creates in flight, median of 3: Runs',
      value: median(bursts.map(({ run }) => rate(run))),
      unit: '/s',
    },
    {
      id: 'bare.rate',
      title: '… bare create + 2 status patches',
      value: median(bursts.map(({ bare }) => rate(bare))),
      unit: '/s',
    },
    { id: 'burst.overBare', title: '… to the bare writes', value: overBare, unit: 'times' },
    {
      id: 'burst.p50',
      title: '… create to end, p50',
      value: median(bursts.map(({ run }) => median(run.latencies))),
      unit: 'ms',
    },
  ];
}

/** Rows on whole processes. */
export function cliRows({ node, version, run, complete, kubectl }: CliFigures): Row[] {
  const nothing = median(node);
  const rows: Row[] = [
    { id: 'cli.node.p50', title: 'node -e 0, p50', value: nothing, unit: 'ms' },
    { id: 'cli.version.p50', title: 'krt version, p50', value: median(version), unit: 'ms' },
    { id: 'cli.version.overNode', title: '… over node -e 0', value: median(version) - nothing, unit: 'ms' },
    { id: 'cli.version.toNode', title: '… to node -e 0', value: median(version) / nothing, unit: 'times' },
    { id: 'cli.run.p50', title: "krt run -r bash -c 'echo hi', p50", value: median(run), unit: 'ms' },
    { id: 'cli.run.toNode', title: '… to node -e 0', value: median(run) / nothing, unit: 'times' },
    { id: 'cli.complete.p50', title: 'names of Runs for Tab, p50', value: median(complete), unit: 'ms' },
  ];
  if (kubectl) {
    rows.push({ id: 'cli.kubectl.p50', title: 'kubectl krt run …, p50', value: median(kubectl), unit: 'ms' });
  }
  return rows;
}

/** Rows on the CPU that a Run takes: what is under way at once can take no more of it than there is. */
export function cpuRows(figures: CpuFigures): Row[] {
  const parts = Object.entries(figures);
  if (parts.length === 0) return [];
  const sum = parts.reduce((total, [, ms]) => total + ms, 0);
  return [
    { id: 'cpu.run', title: 'CPU of a Run in all', value: sum, unit: 'ms' },
    ...parts.map(([part, value]): Row => ({ id: `cpu.${part}`, title: `… ${part}`, value, unit: 'ms' })),
  ];
}

/** Rows on the built-in Runtime Servers alone. */
export function firstLineRows(figures: FirstLineFigures): Row[] {
  return Object.entries(figures).map(
    ([name, value]): Row => ({
      id: `firstLine.${name}`,
      title: `${name}: Execute to the first line, p50`,
      value,
      unit: 'ms',
    }),
  );
}

/** Rows on Jobs, which take what a Run takes so many times. */
export function jobRows({ sequence, burst }: JobFigures, { sequence: { run } }: RunFigures): Row[] {
  const p50 = median(sequence);
  return [
    { id: 'job.p50', title: 'Kubernetes Job, one after another: p50', value: p50, unit: 'ms' },
    { id: 'job.overRun', title: '… to a Run', value: p50 / median(run), unit: 'times' },
    { id: 'job.rate', title: '… 50 at once', value: burst.count / burst.seconds, unit: '/s' },
  ];
}

/** Rows on a long queue. */
export function queueRows({ cpuPerBind: { first, last }, peakRss }: QueueFigures): Row[] {
  const rss = Object.entries(peakRss).map(
    ([agent, value]): Row => ({ id: `rss.${agent}`, title: `… memory of ${agent} at most`, value, unit: 'MB' }),
  );
  return [
    {
      id: 'queue.cpuFirst',
      title: "5,000 Runs queued on 8 slots: scheduler's CPU per bind, first 1,000",
      value: first,
      unit: 'ms',
    },
    { id: 'queue.cpuLast', title: '… last 1,000', value: last, unit: 'ms' },
    {
      id: 'queue.cpuGrowth',
      title: '… the last to the first, or the first to the last',
      value: Math.max(first / last, last / first),
      unit: 'times',
    },
    ...rss,
  ];
}
