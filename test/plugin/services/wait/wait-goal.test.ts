import { expect } from 'chai';
import type { Condition } from '../../../../crds/v1alpha1/meta.ts';
import { KrtError } from '../../../../plugin/errors.ts';
import { isAt, parseGoal } from '../../../../plugin/services/wait/wait-goal.ts';
import { makeRun } from '../../../builders/run.ts';

const condition = (status: Condition['status'], observedGeneration?: number): Condition => ({
  type: 'Finished',
  status,
  reason: 'Completed',
  message: '',
  lastTransitionTime: '2026-01-01T00:00:00Z',
  ...(observedGeneration !== undefined && { observedGeneration }),
});
const run = makeRun('a').status({
  phase: 'Failed',
  exitCode: 3,
  conditions: [condition('True')],
  outputs: { x: 'a=b', y: '1' },
});

describe('what wait can wait for', () => {
  for (const [text, isMet] of [
    ['condition=Finished', true],
    ['condition=finished', true],
    ['condition=Finished=true', true],
    ['condition=Finished=False', false],
    ['condition=Scheduled', false],
    ['condition=Scheduled=Unknown', false],
    ['jsonpath={.status.phase}=Failed', true],
    ['jsonpath={.status.phase}="Failed"', true],
    ['jsonpath=.status.phase=Failed', true],
    ['jsonpath={.status.phase}=Running', false],
    ['jsonpath={.status.phase}', true],
    ['jsonpath=status.signal', false],
    ['jsonpath={.status.exitCode}=3', true],
    ['jsonpath={.status.outputs.x}=a=b', true],
    ['jsonpath={.status.conditions[?(@.type=="Finished")].status}=True', true],
    ['jsonpath={.status.conditions[?(@.type=="Scheduled")].status}=True', false],
  ] as const) {
    it(`${isMet ? 'meets' : 'does not meet'} ${text}`, () => {
      expect(isAt(parseGoal(text), run.obj())).to.equal(isMet);
    });
  }

  it('does not count a condition of an older spec', () => {
    const goal = parseGoal('condition=Finished');
    const older = makeRun('a').meta({ generation: 2 });
    expect(isAt(goal, older.status({ conditions: [condition('True', 1)] }).obj())).to.equal(false);
    expect(isAt(goal, older.status({ conditions: [condition('True', 2)] }).obj())).to.equal(true);
  });

  for (const text of [
    '',
    'end',
    'condition',
    'condition=',
    'condition==True',
    'condition=Finished=',
    'jsonpath=',
    'jsonpath={.status',
    'jsonpath={.status.phase}Failed',
    'jsonpath={.status.phase}=',
    'phase=Running',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => parseGoal(text))
        .to.throw(KrtError, '--for')
        .and.include({ exitCode: 64 });
    });
  }

  for (const text of ['jsonpath={.status.conditions}=x', 'jsonpath={.status.outputs.*}=x']) {
    it(`refuses ${text} when it sees what it comes to`, () => {
      expect(() => isAt(parseGoal(text), run.obj())).to.throw(KrtError, '--for=jsonpath: ');
    });
  }
});
