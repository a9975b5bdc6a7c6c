import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Run } from '../../crds/v1alpha1/index.ts';
import { metricOf } from './agent-metrics.ts';
import { arrowsOf, medianArrows } from './arrows.ts';
import { cpuOf, cpuSpent } from './cpu-time.ts';
import { echoRun } from './echo-run.ts';
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
import { burst } from './measure/burst.ts';
import { inTurn } from './measure/in-turn.ts';
import { formatValue, type Metric, meets } from './metric.ts';
import { outOfRange, type Ranges } from './ranges.ts';
import { jsonText, type Setting, tableText } from './report.ts';
import { mean, median, quantile } from './statistics.ts';

describe('statistics', () => {
  for (const [samples, part, expected] of [
    [[3], 0.5, 3],
    [[3, 1], 0.5, 2],
    [[5, 1, 3], 0.5, 3],
    [[10, 0], 0.95, 9.5],
    [[1, 2, 3, 4, 5], 1, 5],
    [[1, 2, 3, 4, 5], 0, 1],
  ] as const) {
    it(`has ${expected} as the ${part} quantile of ${samples.join(', ')}`, () => {
      expect(quantile(samples, part)).to.equal(expected);
    });
  }

  it('has the median and the mean of samples, and none of nothing', () => {
    expect([median([9, 1, 2]), mean([9, 1, 2])]).to.deep.equal([2, 4]);
    expect([median([]), mean([])]).to.deep.equal([Number.NaN, Number.NaN]);
  });
});

describe('measuring', () => {
  it('takes turns, and leaves warm-up out', async () => {
    const order: string[] = [];
    const act = (name: string) => async (round: number) => {
      order.push(`${name}${round}`);
      return round * 10;
    };
    const samples = await inTurn({ a: act('a'), b: act('b') }, { rounds: 2, warmUp: 1 });
    expect(order).to.deep.equal(['a0', 'b0', 'a1', 'b1', 'a2', 'b2']);
    expect(samples).to.deep.equal({ a: [10, 20], b: [10, 20] });
  });

  it('keeps no more than the width in flight, and times each from its submission to its end', async () => {
    let open = 0;
    let most = 0;
    const submitted: number[] = [];
    const work = {
      async submit(i: number) {
        submitted.push(i);
        most = Math.max(most, ++open);
        await Promise.resolve();
        open--;
      },
      ended: async (i: number) => performance.now() + 1000 * (i + 1),
    };
    const { count, seconds, latencies } = await burst(work, { count: 7, width: 3 });
    expect([most, count, submitted]).to.deep.equal([3, 7, [0, 1, 2, 3, 4, 5, 6]]);
    expect(seconds).to.be.at.least(7);
    expect(latencies.map(latency => Math.floor(latency / 1000))).to.deep.equal([1, 2, 3, 4, 5, 6, 7]);
  });

  it('reads a metric in Prometheus’ format', () => {
    const text = '# HELP a_total x\n# TYPE a_total counter\na_total_more 1\na_total{kind="b"} 2.5e3\nc 7\n';
    expect([metricOf(text, 'a_total'), metricOf(text, 'c'), metricOf(text, 'd')]).to.deep.equal([2500, 7, 0]);
  });
});

describe('the arrows of a Run', () => {
  it('are those between the instants that its client and its status tell', () => {
    const at = (ms: number) => new Date(ms).toISOString();
    const status = { scheduledTime: at(1003), startTime: at(1008), completionTime: at(1020) };
    const run = { ...echoRun('a', 'x'), status } as Run;
    const arrows = arrowsOf(run, { sent: 1000.5, end: 1027 });
    expect(arrows).to.deep.equal({ decide: 2.5, bind: 5, execute: 12, finish: 7 });
    const others = { decide: 3, bind: 1, execute: 1, finish: 1 };
    expect(medianArrows([arrows, others, others])).to.deep.equal(others);
  });
});

describe('CPU time', () => {
  it('is read from what the kernel tells, whatever the process is called', () => {
    const stat = '7 (a) b (c) S 1 7 7 0 -1 4194560 100 0 0 0 12 3 40 5 20 0 1 0 99 1000 50';
    expect(cpuOf('x', stat)).to.deep.equal({ part: 'x', own: 150, children: 450 });
  });

  it('is summed by part, with the children of all as one, also of a process that is new', () => {
    const before = new Map([['1', { part: 'a', own: 100, children: 10 }]]);
    const after = new Map([
      ['1', { part: 'a', own: 300, children: 30 }],
      ['2', { part: 'a', own: 100, children: 0 }],
      ['3', { part: 'b', own: 50, children: 40 }],
    ]);
    const spent = cpuSpent(before, after, 10);
    expect(spent).to.deep.equal({ a: 30, programs: 6, b: 5 });
    const rows = cpuRows(spent).map(({ id, value }) => [id, value]);
    expect(cpuRows({})).to.deep.equal([]);
    expect(rows).to.deep.equal([
      ['cpu.run', 41],
      ['cpu.a', 30],
      ['cpu.programs', 6],
      ['cpu.b', 5],
    ]);
  });
});

describe('the figures of a benchmark', () => {
  const burstOf = (count: number, seconds: number) => ({ count, seconds, latencies: [400, 600] });
  const runs = {
    sequence: { run: [10, 20, 30], bare: [4, 5, 6] },
    bursts: [2, 4, 1].map(seconds => ({ run: burstOf(300, seconds), bare: burstOf(300, 1) })),
    arrows: { decide: 1, bind: 2, execute: 3, finish: 4 },
    writes: 3,
  };
  const valuesOf = (rows: readonly { id: string; value: number }[]) =>
    Object.fromEntries(rows.map(({ id, value }) => [id, value]));

  it('are Runs beside bare writes', () => {
    expect(valuesOf(runRows(runs))).to.deep.equal({
      ...{ 'run.p50': 20, 'run.p95': 29, 'bare.p50': 5, 'run.overBare': 4, 'run.writes': 3 },
      ...{ 'arrow.decide': 1, 'arrow.bind': 2, 'arrow.execute': 3, 'arrow.finish': 4 },
      ...{ 'burst.rate': 150, 'bare.rate': 300, 'burst.overBare': 0.5, 'burst.p50': 500 },
    });
  });

  it('are commands beside a Node that does nothing', () => {
    const cli = { node: [20], version: [50], run: [100], complete: [90] };
    const values = {
      ...{ 'cli.node.p50': 20, 'cli.version.p50': 50, 'cli.version.overNode': 30, 'cli.version.toNode': 2.5 },
      ...{ 'cli.run.p50': 100, 'cli.run.toNode': 5, 'cli.complete.p50': 90 },
    };
    expect(valuesOf(cliRows(cli))).to.deep.equal(values);
    expect(valuesOf(cliRows({ ...cli, kubectl: [130] }))).to.deep.equal({ ...values, 'cli.kubectl.p50': 130 });
  });

  it('are first lines of the Runtimes whose interpreter is there', () => {
    expect(valuesOf(firstLineRows({ bash: 2, python: 7 }))).to.deep.equal({
      'firstLine.bash': 2,
      'firstLine.python': 7,
    });
  });

  it('are Jobs beside Runs, and a queue from its front to its end', () => {
    const jobs = { sequence: [3000], burst: burstOf(50, 10) };
    expect(valuesOf(jobRows(jobs, runs))).to.deep.equal({ 'job.p50': 3000, 'job.overRun': 150, 'job.rate': 5 });
    const queue = { cpuPerBind: { first: 2, last: 1 }, peakRss: { scheduler: 90 } };
    expect(valuesOf(queueRows(queue))).to.deep.equal({
      ...{ 'queue.cpuFirst': 2, 'queue.cpuLast': 1, 'queue.cpuGrowth': 2, 'rss.scheduler': 90 },
    });
  });

  it('have every goal that is set', () => {
    const cli = { node: [1], version: [1], run: [1], complete: [1], kubectl: [1] };
    const peakRss = { controller: 1, scheduler: 1, runtimed: 1 };
    const queue = { cpuPerBind: { first: 1, last: 1 }, peakRss };
    const jobs = { sequence: [1], burst: burstOf(1, 1) };
    const firstLines = firstLineRows({ bash: 1, python: 1, node: 1 });
    const rows = [...runRows(runs), ...cliRows(cli), ...firstLines, ...jobRows(jobs, runs), ...queueRows(queue)];
    for (const goals of [EMBEDDED_GOALS, CLUSTER_GOALS]) {
      const found = withGoals(rows, goals).filter(({ goal }) => goal);
      expect(found.map(({ id }) => id).sort()).to.deep.equal(Object.keys(goals).sort());
    }
  });

  it('are known to every range that is committed', () => {
    const ranges = JSON.parse(readFileSync(new URL('ranges.json', import.meta.url), 'utf8')) as Record<string, Ranges>;
    const known = [...runRows(runs), ...cliRows({ node: [1], version: [1], run: [1], complete: [1] })].map(
      ({ id }) => id,
    );
    for (const [id, { min, max, mean, date }] of Object.entries(ranges['embedded']!)) {
      expect(known).to.include(id);
      expect(mean, id).to.be.within(min, max);
      expect(date, id).to.match(/^20\d\d-\d\d-\d\d$/);
    }
  });
});

describe('the report of a benchmark', () => {
  const setting: Setting = {
    target: 'embedded',
    time: '2026-01-02T03:04:05.678Z',
    node: 'v26.0.0',
    cpus: 2,
    load: 0.25,
  };
  const metrics: Metric[] = [
    { id: 'a', title: 'first', value: 12.345, unit: 'ms' },
    { id: 'b', title: 'second', value: 4.9, unit: 'times', goal: { atMost: 3 } },
    { id: 'c', title: 'third', value: 120.4, unit: '/s', goal: { atLeast: 100 } },
  ];

  it('is a table for people', () => {
    expect(tableText(metrics, setting)).to.equal(
      [
        'krt on the embedded default: 2026-01-02, Node v26.0.0, 2 CPUs, load 0.3 before\n',
        '|        | measured |    goal |        |',
        '| ------ | -------: | ------: | ------ |',
        '| first  |  12.3 ms |         |        |',
        '| second |     4.9x |    ≤ 3x | missed |',
        '| third  |    120/s | ≥ 100/s | met    |\n',
      ].join('\n'),
    );
  });

  it('is JSON for programs', () => {
    expect(JSON.parse(jsonText(metrics, setting))).to.deep.equal({
      ...setting,
      metrics: {
        a: { value: 12.35, unit: 'ms' },
        b: { value: 4.9, unit: 'times', goal: { atMost: 3 }, met: false },
        c: { value: 120.4, unit: '/s', goal: { atLeast: 100 }, met: true },
      },
    });
  });

  it('tells what is out of its range, or was not measured', () => {
    const range = { min: 1, max: 4, mean: 2, date: '2026-01-01' };
    expect(outOfRange(metrics, { b: { ...range, max: 5 } })).to.deep.equal([]);
    expect(outOfRange(metrics, { b: range, d: range })).to.deep.equal([
      'b is 4.90, outside of 1 to 4 (2 on 2026-01-01)',
      'd was not measured',
    ]);
  });

  it('says a figure with the digits that count', () => {
    expect([1795.4, 72.12, 4.849, 3].map(value => formatValue(value, 'ms'))).to.deep.equal([
      ...['1,795 ms', '72.1 ms', '4.85 ms', '3 ms'],
    ]);
    expect([meets(3, { atMost: 3 }), meets(3, { atLeast: 3.1 })]).to.deep.equal([true, false]);
  });
});
