import { expect } from 'chai';
import { RUN_REASONS } from '../../../crds/v1alpha1/reasons.ts';
import type { RunStatus } from '../../../crds/v1alpha1/run.ts';
import { endLine } from '../../../plugin/printers/run-end.ts';
import { endText, exitCodeOf } from '../../../plugin/services/run-outcome.ts';
import { makeRun } from '../../builders/run.ts';

const ended = (status: RunStatus) => makeRun('a').status(status).obj();

describe('the end of a Run', () => {
  for (const [status, code, text, line] of [
    [{ phase: 'Succeeded', reason: 'Completed', exitCode: 0 }, 0, undefined, 'Succeeded'],
    [
      { phase: 'Failed', reason: 'ExitCode', exitCode: 3, message: 'exit code 3' },
      3,
      undefined,
      'Failed (ExitCode: exit code 3)',
    ],
    [
      { phase: 'Failed', reason: 'Signal', exitCode: 143, signal: 'SIGTERM', message: 'killed by SIGTERM' },
      143,
      'Run a: Failed, Signal: killed by SIGTERM',
      'Failed (Signal: killed by SIGTERM)',
    ],
    [
      { phase: 'Failed', reason: 'Signal', signal: 'SIGKILL' },
      137,
      'Run a: Failed, Signal: a signal ended the program',
      'Failed (Signal)',
    ],
    [
      { phase: 'Failed', reason: 'OutOfMemory', exitCode: 137 },
      137,
      'Run a: Failed, OutOfMemory: the program was killed for using too much memory',
      'Failed (OutOfMemory)',
    ],
    [
      { phase: 'Timeout', reason: 'Timeout', exitCode: 143, message: 'ended after its timeout of 1s' },
      124,
      'Run a: Timeout: ended after its timeout of 1s',
      'Timeout (ended after its timeout of 1s)',
    ],
    [
      { phase: 'Cancelled', reason: 'Cancelled', message: 'cancelled on request' },
      125,
      'Run a: Cancelled: cancelled on request',
      'Cancelled (cancelled on request)',
    ],
    [
      { phase: 'Failed', reason: 'PodLost', message: 'Pod p is gone' },
      70,
      'Run a: Failed, PodLost: Pod p is gone',
      'Failed (PodLost: Pod p is gone)',
    ],
    [
      { phase: 'Failed', reason: 'InvalidOutputs', exitCode: 0, message: 'line 1\nis bad' },
      70,
      'Run a: Failed, InvalidOutputs: line 1\nis bad',
      'Failed (InvalidOutputs: line 1; is bad)',
    ],
    [
      { phase: 'Failed', reason: 'RuntimeCrashed', exitCode: 137 },
      70,
      'Run a: Failed, RuntimeCrashed: the Runtime Server ended while the program ran',
      'Failed (RuntimeCrashed)',
    ],
    [{ phase: 'Failed' }, 70, 'Run a: Failed: it gave no reason', 'Failed'],
    [{ phase: 'Failed', reason: 'ExitCode' }, 70, undefined, 'Failed (ExitCode)'],
    [{ phase: 'Running' }, 70, 'Run a was deleted before it ended', 'Running'],
  ] as [RunStatus, number, string | undefined, string][]) {
    it(`of ${status.phase} ${status.reason ?? ''} is ${code}`, () => {
      expect(exitCodeOf(ended(status))).to.equal(code);
      expect(endText(ended(status))).to.equal(text);
      expect(endLine(ended(status))).to.equal(`run.kruntimes.io/a ${line}`);
    });
  }

  it('never is 0 unless it succeeded, whatever the reason', () => {
    for (const reason of RUN_REASONS) {
      for (const phase of ['Failed', 'Timeout', 'Cancelled'] as const) {
        expect(exitCodeOf(ended({ phase, reason, exitCode: 0 })), `${phase} ${reason}`).to.not.equal(0);
      }
    }
  });

  it('is told without control characters', () => {
    const run = ended({ phase: 'Failed', reason: 'PodLost', message: '\u001b[2Jx' });
    expect(endLine(run)).to.include('^[[2Jx');
    expect(endText(run)).to.include('^[[2Jx');
  });
});
