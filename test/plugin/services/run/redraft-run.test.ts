import { expect } from 'chai';
import { redraftRun } from '../../../../plugin/services/run/redraft-run.ts';
import { baseOfName } from '../../../../plugin/services/run/run-name.ts';
import { makeRun } from '../../../builders/run.ts';

describe('a Run once more', () => {
  it('is the same program, without what belongs to the old Run alone', () => {
    const old = makeRun('job-x7k2p')
      .meta({ labels: { team: 'a' }, annotations: { 'kruntimes.io/submission': 'x' }, ownerReferences: [] })
      .spec({ timeout: '5m', args: ['a'], priority: 3, ttlSecondsAfterFinished: 60 })
      .cancelled()
      .ended()
      .obj();
    expect(redraftRun(old)).to.deep.equal({
      apiVersion: 'kruntimes.io/v1alpha1',
      kind: 'Run',
      metadata: { generateName: 'job-', labels: { team: 'a' } },
      spec: {
        runtime: 'bash',
        source: { inline: 'echo hello\n' },
        timeout: '5m',
        args: ['a'],
        priority: 3,
        ttlSecondsAfterFinished: 60,
      },
    });
  });

  it('has the name that is asked for', () => {
    expect(redraftRun(makeRun('a').obj(), 'b').metadata).to.deep.equal({ name: 'b' });
  });

  for (const [name, base] of [
    ['job-x7k2p', 'job-'],
    ['nightly-job', 'nightly-job-'],
    ['job', 'job-'],
    ['a-b-x7k2p', 'a-b-'],
    ['job-x7k2', 'job-x7k2-'],
  ] as const) {
    it(`begins ${base} after ${name}`, () => expect(baseOfName(name)).to.equal(base));
  }
});
