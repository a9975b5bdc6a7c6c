import { expect } from 'chai';
import type { Run, RunStatus } from '../../crds/v1alpha1/index.ts';
import { makeRun } from '../builders/run.ts';
import { check, type ExecutorLine, type History } from './checker.ts';

/** The versions of Run `name` with these statuses. */
const versions = (name: string, ...statuses: RunStatus[]): Run[] =>
  statuses.map(status => makeRun(name).status(status).obj());

const PENDING: RunStatus = { phase: 'Pending' };
const SCHEDULED: RunStatus = { phase: 'Scheduled', assignedPodUID: 'pod-1', attempt: 1 };
const RUNNING: RunStatus = { ...SCHEDULED, phase: 'Running' };
const DONE: RunStatus = { ...SCHEDULED, phase: 'Succeeded', reason: 'Completed', exitCode: 0 };
const FAILED: RunStatus = { ...SCHEDULED, phase: 'Failed', reason: 'ExitCode', exitCode: 3 };
const LOST: RunStatus = { ...SCHEDULED, phase: 'Failed', reason: 'PodLost' };

const line = (run: string, event: ExecutorLine['event'], more: Partial<ExecutorLine> = {}): ExecutorLine => ({
  ...{ uid: `uid-${run}`, attempt: 1, pod: 'pod-1', event },
  ...(event === 'end' && { code: 0 }),
  ...more,
});
const ran = (run: string, code = 0) => [line(run, 'start'), line(run, 'end', { code })];

const NOTHING: History = { versions: [], deleted: new Map(), lines: [], slotsPerPod: 2, survivors: [] };
const told = (history: Partial<History>) =>
  check({ ...NOTHING, ...history }).map(({ invariant, what }) => `${invariant} ${what}`);

const retried = (...statuses: RunStatus[]) =>
  statuses.map(status =>
    makeRun('a')
      .spec({ retryPolicy: { maxAttempts: 2 } })
      .status(status)
      .obj(),
  );

describe('the history checker', () => {
  const clean: [string, Partial<History>][] = [
    ['nothing at all', {}],
    [
      'a Run from its creation to its end',
      { versions: versions('a', PENDING, SCHEDULED, RUNNING, DONE), lines: ran('a') },
    ],
    ['a Run that failed by itself', { versions: versions('a', SCHEDULED, FAILED), lines: ran('a', 3) }],
    ['a Run that was lost before it started', { versions: versions('a', SCHEDULED, LOST) }],
    ['a Run that was lost while it ran', { versions: versions('a', RUNNING, LOST), lines: [line('a', 'start')] }],
    ['a Run that was deleted', { versions: versions('a', RUNNING), deleted: new Map([['uid-a', 1]]) }],
    [
      'a change of an ended Run that is not about its end',
      { versions: versions('a', DONE, { ...DONE, attempts: [] }), lines: ran('a') },
    ],
    [
      'two attempts, one after the other',
      {
        versions: retried(SCHEDULED, PENDING, { ...SCHEDULED, attempt: 2 }, { ...DONE, attempt: 2 }),
        lines: [...ran('a', 1), line('a', 'start', { attempt: 2 }), line('a', 'end', { attempt: 2 })],
      },
    ],
    [
      'as many Runs on a Pod as it has slots',
      {
        versions: [...versions('a', SCHEDULED, DONE), ...versions('b', SCHEDULED, DONE)],
        lines: [...ran('a'), ...ran('b')],
      },
    ],
  ];
  const [one, two, three] = ['a', 'b', 'c'].map(name => versions(name, SCHEDULED)[0]!);
  const ended = ['b', 'c'].flatMap(name => versions(name, LOST));
  clean.push([
    'a slot that a deleted Run has left to another',
    { versions: [one!, two!, three!, ...ended], deleted: new Map([['uid-a', 2]]) },
  ]);
  for (const [name, history] of clean) {
    it(`has nothing to say about ${name}`, () => {
      expect(told(history)).to.deep.equal([]);
    });
  }

  const [a, b, c] = ['a', 'b', 'c'].map(name => versions(name, SCHEDULED)[0]!);
  const ends = ['a', 'b', 'c'].flatMap(name => versions(name, LOST));
  const broken: [string, Partial<History>, string[]][] = [
    [
      'a second end',
      { versions: versions('a', DONE, LOST), lines: ran('a') },
      ['I1 went on after its end: from Succeeded/Completed/0 to Failed/PodLost/undefined'],
    ],
    [
      'life after the end',
      { versions: versions('a', LOST, PENDING, LOST) },
      ['I1 went on after its end: from Failed/PodLost/undefined to Pending/undefined/undefined'],
    ],
    [
      'an attempt that started twice',
      { versions: versions('a', DONE), lines: [line('a', 'start'), ...ran('a')] },
      ['I2 attempt 1 was started 2 times'],
    ],
    [
      'more attempts than were allowed',
      {
        versions: versions('a', { ...LOST, attempt: 2 }),
        lines: [line('a', 'start'), line('a', 'start', { attempt: 2 })],
      },
      ['I2 attempt 2 of 1'],
    ],
    [
      'attempts in the wrong order',
      { versions: retried({ ...LOST, attempt: 2 }), lines: [line('a', 'start', { attempt: 2 }), line('a', 'start')] },
      ['I2 attempts out of order: 2,1'],
    ],
    [
      'two attempts at once',
      { versions: versions('a', LOST), lines: [line('a', 'start'), line('a', 'overlap')] },
      ['I2 attempt 1 met another that was alive'],
    ],
    ['a program of no Run', { lines: [line('ghost', 'start')] }, ['I2 was executed, and nobody ever saw it']],
    ['too many assignments', { versions: [a!, b!, c!, ...ends] }, ['I3 is one of 3 assigned to Pod pod-1']],
    [
      'too many programs at once, whatever was assigned',
      {
        assignsPrecisely: false,
        versions: ends,
        lines: [...['a', 'b', 'c'].map(run => line(run, 'start')), ...['a', 'b', 'c'].map(run => line(run, 'end'))],
      },
      ['I3 is one of 3 on Pod pod-1'],
    ],
    [
      'a wrong exit code',
      { versions: versions('a', DONE), lines: ran('a', 7) },
      ['I4 exitCode is 0, and the program exited with 7'],
    ],
    [
      'an exit code out of nothing',
      { versions: versions('a', FAILED), lines: [line('a', 'start')] },
      ['I4 ExitCode, though attempt 1 never came to its end'],
    ],
    ['a process that outlived its Run', { survivors: ['17 sleep'] }, ['I5 still alive: 17 sleep']],
    ['a Run that never ended', { versions: versions('a', RUNNING) }, ['I6 is still Running']],
    [
      'a Run whose time to live was over before its end',
      {
        versions: [makeRun('a').spec({ ttlSecondsAfterFinished: 0 }).status(RUNNING).obj()],
        deleted: new Map([['uid-a', 1]]),
      },
      ['I6 is still Running'],
    ],
    ['an end without a reason', { versions: versions('a', { phase: 'Failed' }) }, ['I6 is Failed without a reason']],
  ];
  for (const [name, history, expected] of broken) {
    it(`notices ${name}`, () => {
      expect(told(history)).to.deep.equal(expected);
    });
  }
});
