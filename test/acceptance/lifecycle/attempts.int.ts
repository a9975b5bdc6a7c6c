import { expect } from 'chai';
import type { Run } from '../../../crds/v1alpha1/index.ts';
import { phaseOf } from '../../../crds/v1alpha1/index.ts';
import { sh, useWorld } from '../harness/world.ts';

/** Fails until the third attempt. */
const THIRD = 'echo "attempt $KRUNTIME_ATTEMPT"; [ "$KRUNTIME_ATTEMPT" -ge 3 ]';

describe('timeout and retry', () => {
  const world = useWorld('attempts');

  const reasonsOf = (run: Run) => run.status?.attempts?.map(({ attempt, reason }) => `${attempt} ${reason}`);

  it('ends a program that takes too long in phase Timeout, and keeps what it said', async () => {
    const name = await world.submit(sh('echo before; sleep 600; echo after', { timeout: '300ms' }));
    const { status } = await world.ended(name);
    expect(status).to.include({ phase: 'Timeout', reason: 'Timeout' });
    const took = Date.parse(status!.completionTime!) - Date.parse(status!.startTime!);
    expect(took).to.be.at.least(300);
    expect((await world.krt(['logs', name])).stdout).to.equal('before\n');
    expect((await world.krt(['wait', name])).code).to.equal(124);
  });

  it('lets a program that is told to end tidy up, and still calls it a Timeout', async () => {
    const script = 'trap "echo tidied; exit 0" TERM; echo ready; sleep 600 & wait';
    const name = await world.submit(sh(script, { timeout: '700ms' }));
    expect((await world.ended(name)).status?.phase).to.equal('Timeout');
    expect((await world.krt(['logs', name])).stdout).to.equal('ready\ntidied\n');
  });

  it('leaves alone a program that is quick enough', async () => {
    const name = await world.submit(sh('echo quick', { timeout: '1h' }));
    expect((await world.ended(name)).status?.phase).to.equal('Succeeded');
  });

  it('tries again after a growing pause until an attempt succeeds, and remembers each', async () => {
    const name = await world.submit(sh(THIRD, { retryPolicy: { maxAttempts: 5, backoff: '200ms' } }));
    const run = await world.ended(name);
    expect(run.status).to.include({ phase: 'Succeeded', attempt: 3 });
    expect(reasonsOf(run)).to.deep.equal(['1 ExitCode', '2 ExitCode', '3 Completed']);
    const [first, second, third] = run.status!.attempts!;
    const pause = (a: typeof first, b: typeof first) => Date.parse(b!.startTime!) - Date.parse(a!.completionTime!);
    // jitter takes off at most half of 200 ms, and of 400 ms
    expect(pause(first, second)).to.be.at.least(100);
    expect(pause(second, third)).to.be.at.least(200);
    // the logs hold every attempt's lines
    const { stdout } = await world.krt(['logs', name]);
    expect(stdout).to.equal('attempt 1\nattempt 2\nattempt 3\n');
  });

  it('gives its slot back between attempts: the Run is Pending on no Pod, and says until when', async () => {
    const name = await world.submit(sh(THIRD, { retryPolicy: { maxAttempts: 3, backoff: '100ms' } }));
    await world.ended(name);
    const between = world.runs.history(name).filter(run => phaseOf(run) === 'Pending' && run.status?.attempts);
    expect(between).to.not.have.lengthOf(0);
    for (const { status } of between) {
      expect(status?.assignedPod ?? null).to.equal(null);
      expect(status?.nextAttemptTime).to.be.a('string');
    }
  });

  it('gives up after the last attempt, with its exit code', async () => {
    const policy = { maxAttempts: 2, backoff: '50ms' };
    const name = await world.submit(sh('exit $((KRUNTIME_ATTEMPT + 6))', { retryPolicy: policy }));
    const run = await world.ended(name);
    expect(run.status).to.include({ phase: 'Failed', reason: 'ExitCode', exitCode: 8, attempt: 2 });
    expect(run.status?.attempts?.map(attempt => attempt.exitCode)).to.deep.equal([7, 8]);
    expect((await world.krt(['wait', name])).code).to.equal(8);
  });

  it('tries again only for the reasons that the Run names', async () => {
    const retryPolicy = { maxAttempts: 3, backoff: '50ms', retryableReasons: ['Timeout' as const] };
    const exits = await world.submit(sh('exit 1', { retryPolicy }));
    const hangs = await world.submit(sh('sleep 600', { retryPolicy, timeout: '100ms' }));
    expect((await world.ended(exits)).status).to.include({ phase: 'Failed', attempt: 1 });
    const timedOut = await world.ended(hangs);
    expect(timedOut.status).to.include({ phase: 'Timeout', attempt: 3 });
    expect(reasonsOf(timedOut)).to.deep.equal(['1 Timeout', '2 Timeout', '3 Timeout']);
  });

  it('does not try again what no retry can heal', async () => {
    const retryPolicy = { maxAttempts: 3, backoff: '50ms' };
    const name = await world.submit({ runtime: 'bash', args: ['no-such-command'], retryPolicy });
    expect((await world.ended(name)).status).to.include({ phase: 'Failed', reason: 'InvalidSource', attempt: 1 });
  });

  it('gives each attempt a fresh workspace and the number of the attempt', async () => {
    const script =
      'ls; touch left-over; echo "n=$KRUNTIME_ATTEMPT" >> "$KRUNTIME_OUTPUTS"; [ "$KRUNTIME_ATTEMPT" = 2 ]';
    const name = await world.submit(sh(script, { retryPolicy: { maxAttempts: 2, backoff: '50ms' } }));
    expect((await world.ended(name)).status?.outputs).to.deep.equal({ n: '2' });
    expect((await world.krt(['logs', name])).stdout).to.equal('script\nscript\n');
  });

  it('keeps the last 10 of many attempts', async () => {
    const name = await world.submit(sh('exit 1', { retryPolicy: { maxAttempts: 12, backoff: '1ms' } }));
    const { status } = await world.ended(name);
    expect(status?.attempt).to.equal(12);
    expect(status?.attempts?.map(record => record.attempt)).to.deep.equal([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it('can be cancelled while it waits for its next attempt', async () => {
    const name = await world.submit(sh('exit 1', { retryPolicy: { maxAttempts: 2, backoff: '1h' } }));
    await world.runs.until('the pause', () => world.runs.get(name)?.status?.attempts);
    await world.cancel(name);
    const run = await world.ended(name);
    expect(run.status).to.include({ phase: 'Cancelled', reason: 'Cancelled' });
    expect(reasonsOf(run)).to.deep.equal(['1 ExitCode']);
  });
});
