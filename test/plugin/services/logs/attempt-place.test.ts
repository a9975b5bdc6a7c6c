import { expect } from 'chai';
import type { AttemptRecord, RunStatus } from '../../../../crds/v1alpha1/run.ts';
import { lastAttempt, placeOf } from '../../../../plugin/services/logs/attempt-place.ts';
import { makeRun } from '../../../builders/run.ts';

const created = Date.parse('2026-01-01T00:00:00Z');
const second = (n: number) => `2026-01-01T00:00:0${n}.000000Z`;
const record = (attempt: number, change: Partial<AttemptRecord> = {}): AttemptRecord => ({
  attempt,
  pod: `p${attempt}`,
  reason: 'ExitCode',
  startTime: second(1),
  completionTime: second(2),
  ...change,
});
const run = (status: RunStatus) => makeRun('a').status(status).obj();

describe('where the log of an attempt is', () => {
  it('is on the Pod that has the Run, from when it was scheduled', () => {
    const active = makeRun('a').running('p').obj();
    expect(placeOf(active, 1)).to.deep.equal({
      attempt: 1,
      pods: ['p'],
      container: 'runtimed',
      isOver: false,
      lines: undefined,
      archive: undefined,
      since: created + 10,
      until: undefined,
      isSplit: false,
    });
  });

  it('is on the Pod that the status lists, with what is known of its end', () => {
    const logRef = { pod: 'p2', container: 'other', attempt: 2, lines: 5 };
    const ended = run({ phase: 'Failed', attempt: 2, attempts: [record(1), record(2)], logRef });
    expect(placeOf(ended, 2)).to.deep.include({ pods: ['p2'], container: 'other', isOver: true, lines: 5 });
    expect(placeOf(ended, 1)).to.deep.include({ pods: ['p1'], container: 'runtimed', isOver: true, lines: undefined });
    expect(placeOf(ended, 1)).to.include({ since: created + 1000, until: created + 2000 });
  });

  it('may be in the archive too, whichever attempt it is of', () => {
    const logRef = { pod: 'p2', container: 'runtimed', attempt: 2, lines: 5, archive: 's3://b/uid/log-x' };
    const ended = run({ phase: 'Failed', attempt: 2, attempts: [record(2)], logRef });
    const places = [1, 2].map(attempt => placeOf(ended, attempt)?.archive);
    expect(places).to.deep.equal(['s3://b/uid/log-x/1.jsonl.gz', 's3://b/uid/log-x/2.jsonl.gz']);
  });

  it('is nowhere while there is no Pod, behind the last attempt, and where there never was one', () => {
    expect(placeOf(run({ phase: 'Pending' }), 1)).to.equal(undefined);
    expect(placeOf(run({ phase: 'Pending', attempt: 1, attempts: [record(1)] }), 2)).to.equal(undefined);
    expect(placeOf(run({ phase: 'Cancelled' }), 1)).to.equal(undefined);
    expect(placeOf(run({ phase: 'Failed', attempts: [record(1)] }), 0)).to.equal(undefined);
  });

  it('is on any of the known Pods where the status no longer lists the attempt', () => {
    const attempts = [record(3, { pod: 'x' }), record(4, { pod: 'y' }), record(5, { pod: 'x' })];
    const place = placeOf(run({ phase: 'Failed', attempts }), 2);
    expect(place).to.deep.include({ pods: ['x', 'y'], isOver: true, since: created });
  });

  it('begins when the Run was made where nothing else is known', () => {
    const { startTime: _, ...never } = record(1);
    expect(placeOf(run({ phase: 'Failed', attempts: [never] }), 1)?.since).to.equal(created);
  });

  it('may be in two logs where runtimed had to begin anew', () => {
    const crashed = run({ phase: 'Failed', attempts: [record(1, { reason: 'RuntimeCrashed' })] });
    expect(placeOf(crashed, 1)?.isSplit).to.equal(true);
  });

  for (const [status, last] of [
    [{ phase: 'Pending' }, 0],
    [{ phase: 'Pending', attempt: 1, attempts: [record(1)] }, 1],
    [{ phase: 'Scheduled', attempt: 2, assignedPod: 'p', attempts: [record(1)] }, 2],
    [{ phase: 'Succeeded', attempt: 2, assignedPod: 'p', attempts: [record(1), record(2)] }, 2],
    [{ phase: 'Cancelled', attempt: 0 }, 0],
  ] as [RunStatus, number][]) {
    it(`knows that the last one of ${status.phase} with ${status.attempts?.length ?? 0} ended is ${last}`, () => {
      expect(lastAttempt(run(status))).to.equal(last);
    });
  }
});
