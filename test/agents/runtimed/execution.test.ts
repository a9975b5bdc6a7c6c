import { existsSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
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

  it('tells Running once the program has been going for half a second, and not before', async () => {
    await bench.start();
    bench.assign('a');
    const execution = await bench.started('a');
    await bench.clock.advance(499);
    expect(bench.run('a').status?.phase).to.equal('Scheduled');
    await bench.clock.advance(1);
    expect(bench.run('a').status).to.include({ phase: 'Running' }).and.have.property('startTime');
    execution.end({ exitCode: 3 });
    const { status } = await bench.untilEnded('a');
    expect(status).to.include({ phase: 'Failed', exitCode: 3, reason: 'ExitCode', message: 'exit code 3' });
  });

  it('cancels what runs, and tells Cancelled', async () => {
    await bench.start();
    bench.assign('a');
    const execution = await bench.started('a');
    await bench.runs.patch('a', 'default', { spec: { cancelRequested: true } });
    const { status } = await bench.untilEnded('a');
    expect(execution.cancelled).to.equal(true);
    expect(status).to.include({ phase: 'Cancelled', reason: 'Cancelled', exitCode: 143, signal: 'SIGTERM' });
  });

  it('lets a program that succeeded before the cancel took effect be Succeeded', async () => {
    await bench.start();
    bench.server.script = execution => {
      execution.onCancel = self => self.end({ exitCode: 0 });
    };
    bench.assign('a');
    await bench.started('a');
    await bench.runs.patch('a', 'default', { spec: { cancelRequested: true } });
    expect((await bench.untilEnded('a')).status).to.include({ phase: 'Succeeded', exitCode: 0, reason: 'Completed' });
  });

  it('never starts a Run that was cancelled before', async () => {
    await bench.start();
    bench.assign(makeRun('a').cancelled());
    const { status } = await bench.untilEnded('a');
    expect(status).to.include({ phase: 'Cancelled', message: 'cancelled on request before the program started' });
    expect(status).not.to.have.property('exitCode');
    expect(status).not.to.have.property('startTime');
    expect(bench.server.requests).to.deep.equal([]);
  });

  it('ends an attempt at its timeout to the millisecond', async () => {
    await bench.start();
    bench.assign(makeRun('a').spec({ timeout: '5s' }));
    const execution = await bench.started('a');
    expect(execution.request.timeoutSeconds).to.equal(10);
    await bench.clock.advance(4999);
    expect(execution.cancelled).to.equal(false);
    await bench.clock.advance(1);
    expect(execution.cancelled).to.equal(true);
    const { status } = await bench.untilEnded('a');
    expect(status).to.include({ phase: 'Timeout', reason: 'Timeout', message: 'ended after its timeout of 5s' });
  });

  it('returns a failed attempt to Pending with its back-off, log and record', async () => {
    await bench.start();
    bench.server.script = execution => execution.end({ exitCode: 7 });
    bench.assign(makeRun('a').spec({ retryPolicy: { maxAttempts: 2, backoff: '3s' } }));
    await bench.until(() => bench.run('a').status?.phase === 'Pending');
    const { status } = bench.run('a');
    expect(status).to.include({ nextAttemptTime: '2026-01-01T00:00:03.000000Z', attempt: 1 });
    expect(status).not.to.have.any.keys('assignedPod', 'assignedPodUID', 'startTime', 'exitCode', 'reason');
    expect(status?.attempts?.map(({ attempt, reason, exitCode }) => [attempt, reason, exitCode])).to.deep.equal([
      [1, 'ExitCode', 7],
    ]);
    bench.runs.seed({
      ...bench.run('a'),
      status: { ...status, phase: 'Scheduled', assignedPod: 'pod-1', assignedPodUID: 'uid-pod-1', attempt: 2 },
    });
    const ended = await bench.untilEnded('a');
    expect(ended.status).to.include({ phase: 'Failed', exitCode: 7, attempt: 2 });
    expect(bench.server.starts).to.deep.equal(['uid-a.1', 'uid-a.2']);
  });

  it('kills a Run that was deleted, writes nothing, and cleans up', async () => {
    await bench.start();
    bench.assign('a');
    const execution = await bench.started('a');
    bench.runs.remove('a');
    await bench.until(() => execution.ended && bench.server.executions.size === 0);
    await bench.until(() => readdirSync(join(bench.dir, 'workspace/runs')).length === 0);
    expect(bench.runs.writes).to.equal(0);
    expect(bench.lines.at(-1)).to.include({ stream: 'end' });
  });

  it('kills a Run that a list lacks after history was lost', async () => {
    await bench.start();
    bench.assign('a');
    const execution = await bench.started('a');
    bench.runs.log.hold();
    bench.runs.remove('a');
    bench.runs.log.forget(10_000);
    bench.runs.log.close();
    await bench.until(() => execution.ended, { tick: 100 });
  });

  it('ignores a Run that was given to a Pod of the same name', async () => {
    await bench.start();
    bench.runs.seed(makeRun('old').scheduled('pod-1', 'uid-of-another').obj());
    bench.server.script = execution => execution.end();
    bench.assign('a');
    await bench.untilEnded('a');
    expect(bench.server.starts).to.deep.equal(['uid-a.1']);
  });

  it('never runs more than its slots and takes what waits in turn', async () => {
    await bench.start();
    for (const name of ['a', 'b', 'c']) bench.assign(name);
    const first = await bench.started('a');
    await bench.started('b');
    for (let i = 0; i < 50; i++) await bench.clock.advance(1);
    expect(bench.server.starts).to.deep.equal(['uid-a.1', 'uid-b.1']);
    expect(await bench.metric('krt_runtimed_waiting')).to.equal(1);
    first.end();
    await bench.started('c');
  });

  it('refuses a Run that asks for more than the Pod has', async () => {
    await bench.start();
    bench.assign(makeRun('a').requests({ runs: 3 }));
    expect((await bench.untilEnded('a')).status).to.include({ phase: 'Failed', reason: 'RuntimeRejected' });
  });

  it('makes a Run fail whose outputs are bad, and keeps the good ones', async () => {
    await bench.start();
    bench.server.script = execution => {
      writeFileSync(execution.request.env['KRUNTIME_OUTPUTS']!, 'a=1\nnonsense\n');
      execution.end();
    };
    bench.assign('a');
    const { status } = await bench.untilEnded('a');
    expect(status).to.include({ phase: 'Failed', reason: 'InvalidOutputs', exitCode: 0 });
    expect(status?.outputs).to.deep.equal({ a: '1' });
    expect(status?.message).to.contain('line 2');
  });

  it('does not follow a link in place of the outputs', async () => {
    await bench.start();
    bench.server.script = execution => {
      const path = execution.request.env['KRUNTIME_OUTPUTS']!;
      rmSync(path);
      symlinkSync('/etc/hostname', path);
      execution.end();
    };
    bench.assign('a');
    expect((await bench.untilEnded('a')).status).to.include({ phase: 'Failed', reason: 'InvalidOutputs' });
  });

  it('gives args without a source to the Runtime Server as the command', async () => {
    await bench.start();
    const run = makeRun('a').scheduled('pod-1').obj();
    bench.runs.seed({ ...run, spec: { runtime: 'bash', args: ['echo', 'a b'], entrypoint: 'script' } });
    const { request } = await bench.started('a');
    expect(request).to.deep.include({ entrypoint: '', args: ['echo', 'a b'] });
  });

  it('asks a Runtime Server without Attach for its Status', async () => {
    await bench.start();
    bench.server.hasAttach = false;
    bench.assign('a');
    const execution = await bench.started('a');
    execution.print('one\ntwo');
    await bench.until(() => bench.lines.length === 2, { tick: 100 });
    execution.end();
    await bench.untilEnded('a', 100);
    expect(bench.lines.map(({ message, partial }) => [message, partial])).to.deep.equal([
      ['one', undefined],
      ['two', true],
      ['', undefined],
    ]);
  });

  it('tells RuntimeRejected with the words of the Runtime Server', async () => {
    await bench.start();
    bench.server.failNext('execute', 'invalidArgument');
    bench.assign('a');
    const { status } = await bench.untilEnded('a');
    expect(status).to.include({ reason: 'RuntimeRejected', message: 'injected invalidArgument' });
  });

  it('follows on where the stream broke', async () => {
    await bench.start();
    bench.assign('a');
    const execution = await bench.started('a');
    execution.print('one\n');
    await bench.until(() => bench.lines.length === 1);
    bench.server.goDown();
    await bench.clock.advance(100);
    bench.server.comeBack();
    execution.print('two\n').end();
    await bench.untilEnded('a', 50);
    expect(bench.lines.map(({ message }) => message)).to.deep.equal(['one', 'two', '']);
  });

  it('tells RuntimeCrashed when the Runtime Server lost the execution', async () => {
    await bench.start();
    bench.assign('a');
    await bench.started('a');
    bench.server.restart();
    expect((await bench.untilEnded('a', 50)).status).to.include({ phase: 'Failed', reason: 'RuntimeCrashed' });
    expect(bench.server.starts).to.deep.equal(['uid-a.1']);
  });

  it('does not execute again when the answer of Execute was lost', async () => {
    await bench.start();
    bench.server.script = execution => execution.end({ exitCode: 4 });
    bench.server.failNext('execute', 'unavailable', true);
    bench.assign('a');
    expect((await bench.untilEnded('a', 20)).status).to.include({ exitCode: 4 });
    expect(bench.server.requests).to.have.length(1);
  });

  it('shows a prompt that waits without a newline', async () => {
    await bench.start();
    bench.assign('a');
    const execution = await bench.started('a');
    execution.print('Name: ');
    await bench.clock.advance(99);
    expect(bench.lines).to.have.length(0);
    await bench.clock.advance(2);
    expect(bench.lines[0]).to.include({ message: 'Name: ', partial: true });
  });
});
