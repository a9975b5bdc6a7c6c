import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { makeRun } from '../../builders/run.ts';
import { Bench } from './harness.ts';

describe('an execution', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });
  afterEach(() => bench.close());

  it('takes an assigned Run from its source to its finish with one Execute and one status write', async () => {
    await bench.start();
    bench.server.script = execution => {
      const { workingDir, entrypoint, env } = execution.request;
      expect(readFileSync(join(workingDir, entrypoint), 'utf8')).to.equal('echo hello\n');
      expect(statSync(join(workingDir, entrypoint)).mode & 0o777).to.equal(0o700);
      writeFileSync(env['KRUNTIME_OUTPUTS']!, 'result=ok\n');
      execution.print('hello\n').end();
    };
    bench.assign(makeRun('a').spec({ env: { A: 'b' } }));
    const run = await bench.untilEnded('a');
    expect(run.status).to.include({ phase: 'Succeeded', exitCode: 0, reason: 'Completed', attempt: 1 });
    expect(run.status?.outputs).to.deep.equal({ result: 'ok' });
    expect(run.status?.logRef).to.deep.equal({ pod: 'pod-1', container: 'runtimed', attempt: 1, lines: 1 });
    expect(run.status?.attempts).to.have.length(1);
    expect(bench.lines.map(({ stream, seq, message }) => [stream, seq, message])).to.deep.equal([
      ['stdout', 1, 'hello'],
      ['end', 2, ''],
    ]);
    expect(bench.server.requests[0]?.env).to.include({ A: 'b', KRUNTIME_RUN_NAME: 'a', KRUNTIME_ATTEMPT: '1' });
    expect(bench.server.starts).to.deep.equal(['uid-a.1']);
    expect(bench.runs.writes).to.equal(1);
    await bench.until(
      () => bench.server.executions.size === 0 && readdirSync(join(bench.dir, 'workspace/runs')).length === 0,
    );
    expect(existsSync(join(bench.dir, 'auth/token'))).to.equal(false);
  });
});
