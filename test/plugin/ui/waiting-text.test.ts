import { expect } from 'chai';
import type { RunStatus } from '../../../crds/v1alpha1/run.ts';
import { hopelessText, waitingText } from '../../../plugin/ui/waiting-text.ts';
import { makeRun } from '../../builders/run.ts';

const waits = (reason: string, message: string): RunStatus => ({
  phase: 'Pending',
  conditions: [{ type: 'Scheduled', status: 'False', reason, message, lastTransitionTime: '' }],
});

describe('why a Run waits', () => {
  for (const [title, status, text, hopeless] of [
    ['just made', {}, 'Pending, 61s', undefined],
    ['with a reason', waits('NoFreeSlot', 'every slot is taken'), 'Pending, 61s: every slot is taken', undefined],
    ['with a reason alone', waits('NoReadyPod', ''), 'Pending, 61s: NoReadyPod', undefined],
    ['for nothing', waits('RuntimeNotFound', 'no "x"'), 'Pending, 61s: no "x"', 'no "x"'],
    ['for its next attempt', { ...waits('BackOff', 'b'), attempt: 1 }, 'Pending, attempt 2, 61s: b', undefined],
    ['for its program', { phase: 'Scheduled', assignedPod: 'p' }, 'Scheduled to p, 61s', undefined],
    ['no more', { phase: 'Running' }, undefined, undefined],
    ['no more, as it has ended', { ...waits('NoFreeSlot', 'x'), phase: 'Failed' }, undefined, undefined],
    ['with an attack', waits('NoFreeSlot', '\u001b[2J'), 'Pending, 61s: ^[[2J', undefined],
  ] as [string, RunStatus, string | undefined, string | undefined][]) {
    it(`is told of one ${title}`, () => {
      const run = makeRun('a').status(status).obj();
      expect(waitingText(run, 61_900)).to.equal(text);
      expect(hopelessText(run)).to.equal(hopeless);
    });
  }

  for (const [title, status, place, text] of [
    ['others before it', {}, { ahead: 2, waiting: 3 }, 'Pending, 3s, 2 Runs ahead'],
    ['one before it', waits('NoFreeSlot', 'full'), { ahead: 1, waiting: 2 }, 'Pending, 3s, 1 Run ahead: full'],
    ['none before it', waits('NoFreeSlot', 'full'), { ahead: 0, waiting: 1 }, 'Pending, 3s, next in line: full'],
    ['others before it, for no slot', waits('NoReadyPod', 'none'), { ahead: 1, waiting: 2 }, 'Pending, 3s: none'],
  ] as const) {
    it(`is told of one with ${title}`, () => {
      expect(waitingText(makeRun('a').status(status).obj(), 3000, place)).to.equal(text);
    });
  }
});
