import { expect } from 'chai';
import { cannotSwitch, firstUid, Users } from '../../../../../agents/runtimes/lib/users/users.ts';

const HOST = '         0          0 4294967295\n';
const NAMESPACE = '         0     524288      65536\n';

describe('the users of a server’s slots', () => {
  it('are given to one execution at a time, and again as late as can be', () => {
    const users = new Users(5000);
    const [a, b] = [users.take(), users.take()];
    expect([a.uid, b.uid]).to.deep.equal([5000, 5001]);
    users.give(a);
    expect(users.take().uid).to.equal(5002);
    for (let i = 3; i < 1000; i++) users.give(users.take());
    expect([users.take().uid, users.take().uid]).to.deep.equal([5000, 5003]);
    for (let i = 0; i < 996; i++) users.take();
    expect(() => users.take()).to.throw('every user of a slot is taken');
    expect([4999, 5000, 5999, 6000].map(uid => users.owns(uid))).to.deep.equal([false, true, true, false]);
  });

  it('are a range of the Pod’s own where Pods share the users of their node', () => {
    const [a, b] = [firstUid('pod-a', HOST), firstUid('pod-b', HOST)];
    expect(a).to.equal(firstUid('pod-a', HOST)).and.not.equal(b);
    expect(Math.abs(a - b)).to.be.at.least(1000);
    for (const uid of [a, b]) expect(uid).to.be.within(1_000_000_000, 2_000_000_000);
  });

  it('fit into a user namespace, which has few', () => {
    expect(firstUid('pod-a', NAMESPACE)).to.equal(61_200);
  });

  it('need the capabilities that the controller gives, and say which are missing', () => {
    expect(cannotSwitch('Name:\tx\nCapEff:\t000001ffffffffff\n')).to.equal(undefined);
    expect(cannotSwitch('CapEff:\t00000000000000e3\n')).to.equal(undefined);
    expect(cannotSwitch('CapEff:\t0000000000000021\n')).to.equal(
      'it may not switch users: without CAP_DAC_OVERRIDE, CAP_SETGID, CAP_SETUID',
    );
    expect(cannotSwitch('')).to.include('CAP_CHOWN');
  });
});
