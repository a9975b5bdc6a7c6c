import { expect } from 'chai';
import { ApiError } from '../../../crds/client/api-error.ts';
import { makeRun } from '../../builders/run.ts';
import { counts, observed } from '../metric-values.ts';
import { Bench } from './harness.ts';

describe('the metrics of runtimed', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });
  afterEach(() => bench.close());

  const gone = () => bench.until(() => bench.server.executions.size === 0, { what: 'nothing is left' });

  it('observe what a program took, and count its end by reason', async () => {
    await bench.start();
    bench.assign('a');
    const execution = await bench.started('a');
    await bench.clock.advance(3_000);
    execution.end({ exitCode: 3 });
    await bench.untilEnded('a');
    await gone();
    expect(await counts(bench.registry, 'krt_runtimed_attempts_ended_total')).to.deep.equal({ ExitCode: 1 });
    expect(await observed(bench.registry, 'krt_runtimed_run_seconds')).to.deep.equal({ count: 1, sum: 3 });
    expect(await counts(bench.registry, 'krt_runtimed_status_writes_total')).to.deep.equal({
      'running stored': 1,
      'finish stored': 1,
    });
  });

  it('observe the wait for a slot as part of the start', async () => {
    await bench.start({ slots: { runs: 1 } });
    bench.assign('a');
    const first = await bench.started('a');
    bench.assign('b');
    await bench.until(async () => (await counts(bench.registry, 'krt_runtimed_waiting'))[''] === 1);
    await bench.clock.advance(2_000);
    first.end();
    const second = await bench.started('b');
    await bench.until(async () => (await observed(bench.registry, 'krt_runtimed_start_seconds')).count === 2);
    await bench.until(async () => (await counts(bench.registry, 'krt_runtimed_executions'))[''] === 1);
    expect((await observed(bench.registry, 'krt_runtimed_start_seconds')).sum).to.equal(2);
    second.end();
    await bench.untilEnded('b');
  });

  it('count a Run that never started among the ends, and not among the durations', async () => {
    await bench.start();
    bench.assign(makeRun('a').requests({ runs: 99 }));
    await bench.untilEnded('a');
    await bench.until(
      async () => (await counts(bench.registry, 'krt_runtimed_attempts_ended_total'))['RuntimeRejected'],
    );
    expect(await observed(bench.registry, 'krt_runtimed_run_seconds')).to.deep.equal({ count: 0, sum: 0 });
    expect(await observed(bench.registry, 'krt_runtimed_start_seconds')).to.deep.equal({ count: 0, sum: 0 });
  });

  it('count lines and bytes of the log, with the line that ends it', async () => {
    let bytes = 0;
    const write = async (data: Buffer) => {
      bytes += data.length;
    };
    await bench.start({ sink: { write } });
    bench.server.script = execution => void execution.print('one\ntwo\n').end();
    bench.assign('a');
    await bench.untilEnded('a');
    expect(await counts(bench.registry, 'krt_runtimed_log_lines_total')).to.deep.equal({ '': 3 });
    expect(await counts(bench.registry, 'krt_runtimed_log_bytes_total')).to.deep.equal({ '': bytes });
  });

  it('count a list that failed', async () => {
    bench.runs.failNext('list', new ApiError(500, { code: 500 }));
    await bench.start();
    await bench.until(async () => (await counts(bench.registry, 'krt_watch_restarts_total'))['']);
    expect(await counts(bench.registry, 'krt_watch_restarts_total')).to.deep.equal({ '': 1 });
  });
});
