import { expect } from 'chai';
import { type ExecutionStatus, emptyStatus } from '../../../agents/protocol/index.ts';
import { lost, neverStarted, outcomeOf, type ToldCause } from '../../../agents/runtimed/outcome.ts';

const KRT: Partial<ExecutionStatus> = { startedAt: 1, finishedAt: 2 };
type Row = [
  what: string,
  final: Partial<ExecutionStatus>,
  cause: ToldCause | undefined,
  reason: string,
  message: string,
];

const ENDS: Row[] = [
  ['a failure', { exitCode: 3 }, undefined, 'ExitCode', 'exit code 3'],
  ['a signal', { exitCode: 137, signal: 'SIGKILL' }, undefined, 'Signal', 'the program was killed by SIGKILL'],
  ['a failure that came before the cancel', { ...KRT, exitCode: 3 }, 'Cancelled', 'ExitCode', 'exit code 3'],
  [
    'a cancel that came before the exit',
    { ...KRT, exitCode: 143, reason: 'Cancelled' },
    'Cancelled',
    'Cancelled',
    'cancelled on request',
  ],
  [
    'our timeout, which the server knows as a cancel',
    { ...KRT, exitCode: 143, reason: 'Cancelled' },
    'Timeout',
    'Timeout',
    'ended after its timeout of 5s',
  ],
  [
    'the timeout of the server itself',
    { ...KRT, exitCode: 143, reason: 'Timeout' },
    undefined,
    'Timeout',
    'ended after its timeout of 5s',
  ],
  ['a foreign server that was asked to cancel', { exitCode: 1 }, 'Cancelled', 'Cancelled', 'cancelled on request'],
  [
    'a server that shuts down',
    { ...KRT, reason: 'RuntimeCrashed', exitCode: 143, errorMessage: 'shut down' },
    undefined,
    'RuntimeCrashed',
    'shut down',
  ],
  [
    'a server that shuts down with its Pod',
    { ...KRT, reason: 'RuntimeCrashed', exitCode: 143 },
    'Draining',
    'Draining',
    'ended because its Runtime Pod was stopped',
  ],
  [
    'a source that can not be executed',
    { finishedAt: 2, exitCode: 126, reason: 'InvalidSource', errorMessage: 'no such file' },
    undefined,
    'InvalidSource',
    'no such file',
  ],
  [
    'too much memory',
    { ...KRT, exitCode: 137, signal: 'SIGKILL', reason: 'OutOfMemory', errorMessage: 'out of memory' },
    undefined,
    'OutOfMemory',
    'out of memory',
  ],
];

describe('the outcome of an attempt', () => {
  for (const [what, final, cause, reason, message] of ENDS) {
    it(`tells ${what}`, () => {
      const outcome = outcomeOf({ ...emptyStatus('a.1', 'failed'), ...final }, cause, '5s');
      expect(outcome).to.include({ reason, message });
    });
  }

  it('is Succeeded whatever was asked, when the program succeeded by itself', () => {
    for (const cause of ['Cancelled', 'Timeout', 'Draining', 'PodLost', undefined] as const) {
      const outcome = outcomeOf(emptyStatus('a.1', 'succeeded'), cause, '5s');
      expect(outcome).to.deep.equal({ reason: 'Completed', exitCode: 0 });
    }
  });

  it('has no exit code where nothing was started', () => {
    expect(neverStarted('Timeout', '5s')).to.deep.equal({
      reason: 'Timeout',
      message: 'the timeout of 5s passed before the program started',
    });
    const final = { ...emptyStatus('a.1', 'failed'), exitCode: 126, reason: 'InvalidSource', errorMessage: 'x' };
    expect(outcomeOf(final, undefined, undefined)).not.to.have.property('exitCode');
  });

  it('is RuntimeCrashed where the server forgot it, unless we had asked for the end', () => {
    expect(lost(undefined, undefined).reason).to.equal('RuntimeCrashed');
    expect(lost('Cancelled', undefined).reason).to.equal('Cancelled');
  });
});
