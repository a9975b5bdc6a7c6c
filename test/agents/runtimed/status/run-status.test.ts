import { expect } from 'chai';
import type { AttemptResult } from '../../../../agents/runtimed/attempt.ts';
import { finishStatus, handBackStatus, standingOf } from '../../../../agents/runtimed/status/run-status.ts';
import type { RunStatus } from '../../../../crds/v1alpha1/run.ts';
import { microTime } from '../../../../crds/v1alpha1/time.ts';
import { makeRun } from '../../../builders/run.ts';
import { POD } from '../harness.ts';

const NOW = Date.parse('2026-01-01T00:00:10Z');
const attempt = {
  id: 'uid-a.1',
  uid: 'uid-a',
  name: 'a',
  namespace: 'default',
  runtime: 'bash',
  attempt: 1,
  startedAt: NOW - 5,
};
const result: AttemptResult = {
  reason: 'ExitCode',
  exitCode: 3,
  message: 'exit code 3',
  startedAt: NOW - 5,
  endedAt: NOW,
  lines: 4,
};
const scheduled = () => makeRun('a').scheduled(POD.name);
const finish = (run = scheduled().obj(), more: Partial<AttemptResult> = {}) =>
  finishStatus(run, { attempt, result: { ...result, ...more }, pod: POD, random: 0 });

describe('the status of a finished attempt', () => {
  it('tells all of the end in one patch and clears what an earlier attempt left', () => {
    const patch = finish();
    expect(patch).to.deep.include({
      phase: 'Failed',
      exitCode: 3,
      signal: null,
      reason: 'ExitCode',
      message: 'exit code 3',
      outputs: null,
      completionTime: '2026-01-01T00:00:10.000000Z',
      logRef: { pod: 'pod-1', container: 'runtimed', attempt: 1, lines: 4 },
    });
    expect(patch.conditions).to.have.lengthOf(1).and.have.nested.property('[0].type', 'Finished');
  });

  it('keeps the last ten attempts', () => {
    const attempts = Array.from({ length: 10 }, (_, i) => ({ attempt: i + 2, reason: 'ExitCode' as const }));
    const run = scheduled().status({ attempt: 12, attempts }).obj();
    const patch = finishStatus(run, { attempt: { ...attempt, attempt: 12 }, result, pod: POD, random: 0 });
    expect(patch.attempts?.map(record => record.attempt)).to.deep.equal([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it('clips a message and keeps its end', () => {
    const message = `first${'x'.repeat(10_000)}last`;
    const told = finish(undefined, { message }).message!;
    expect(told.length).to.be.at.most(4096);
    expect(told).to.match(/^first.*last$/);
  });

  it('goes back to Pending while attempts are left', () => {
    const run = scheduled()
      .spec({ retryPolicy: { maxAttempts: 2, backoff: '2s' } })
      .obj();
    expect(finish(run)).to.include({ phase: 'Pending', assignedPod: null, nextAttemptTime: microTime(NOW + 2000) });
    expect(finish(run, { reason: 'Cancelled' })).to.include({ phase: 'Cancelled' });
  });

  it('takes a given back attempt as not made', () => {
    const patch = handBackStatus(scheduled().status({ attempt: 3 }).obj(), POD, NOW);
    expect(patch).to.include({ phase: 'Pending', attempt: 2, assignedPod: null, assignedPodUID: null });
  });
});

describe('the standing of an attempt', () => {
  const told = { attempt: 1, podUID: POD.uid, reason: 'ExitCode', completionTime: microTime(NOW) } as const;
  const TABLE: [what: string, status: RunStatus, standing: string][] = [
    ['is open while Scheduled here', {}, 'open'],
    ['is open while Running here', { phase: 'Running' }, 'open'],
    ['is told when the end stands there', { phase: 'Failed', attempts: [told] }, 'told'],
    [
      'is told when it is Pending again with our record',
      { phase: 'Pending', assignedPodUID: null, attempts: [told] },
      'told',
    ],
    ['is told when the next attempt is under way', { attempt: 2, attempts: [told] }, 'told'],
    ['is taken when another hand ended it', { phase: 'Failed' }, 'taken'],
    ['is taken when the record is not ours', { phase: 'Failed', attempts: [{ ...told, reason: 'PodLost' }] }, 'taken'],
    ['is taken when the next attempt is under way without us', { attempt: 2 }, 'taken'],
    ['is taken when another Pod has it', { assignedPodUID: 'uid-other' }, 'taken'],
  ];
  for (const [what, status, standing] of TABLE) {
    it(what, () => {
      expect(standingOf(scheduled().status(status).obj(), attempt, POD, result)).to.equal(standing);
    });
  }

  it('is taken when another Run has its name', () => {
    expect(standingOf(scheduled().meta({ uid: 'uid-new' }).obj(), attempt, POD, result)).to.equal('taken');
  });
});
