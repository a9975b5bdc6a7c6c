import { expect } from 'chai';
import { namespaceFreezer } from '../../../../../agents/runtimes/lib/process/freezer.ts';

describe('the freezer of a PID namespace', () => {
  it('stops all of it in one step, and lets all of it go on', () => {
    const sent: unknown[] = [];
    const freezer = namespaceFreezer((pid, signal) => sent.push([pid, signal]));
    freezer.stop();
    freezer.goOn();
    expect(sent).to.deep.equal([
      [-1, 'SIGSTOP'],
      [-1, 'SIGCONT'],
    ]);
  });

  it('has nothing to do where nobody is', () => {
    const freezer = namespaceFreezer(() => {
      throw Object.assign(new Error('kill ESRCH'), { code: 'ESRCH' });
    });
    expect(() => [freezer.stop(), freezer.goOn()]).to.not.throw();
  });
});
