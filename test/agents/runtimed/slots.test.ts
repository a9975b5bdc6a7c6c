import { expect } from 'chai';
import { Slots } from '../../../agents/runtimed/slots.ts';

const never = new AbortController().signal;

describe('slots', () => {
  it('go in turn, and what is first in line is not overtaken', async () => {
    const slots = new Slots({ runs: 2 });
    const one = await slots.take({ runs: 1 }, never);
    const order: string[] = [];
    const two = slots.take({ runs: 2 }, never).then(release => {
      order.push('two');
      return release;
    });
    const small = slots.take({ runs: 1 }, never).then(() => order.push('small'));
    expect(slots.waiting).to.equal(2);
    one!();
    one!();
    (await two)!();
    await small;
    expect(order).to.deep.equal(['two', 'small']);
  });

  it('are left by whoever is stopped, and the next in line moves up', async () => {
    const slots = new Slots({ runs: 2 });
    const one = await slots.take({ runs: 1 }, never);
    const stop = new AbortController();
    const large = slots.take({ runs: 2 }, stop.signal);
    const small = slots.take({ runs: 1 }, never);
    stop.abort();
    expect(await large).to.equal(undefined);
    expect(await small).to.be.a('function');
    expect(one).to.be.a('function');
  });

  it('count what was forced in', async () => {
    const slots = new Slots({ runs: 1 });
    const running = slots.force({ runs: 1 });
    const next = slots.take({ runs: 1 }, never);
    expect(slots.waiting).to.equal(1);
    running();
    expect(await next).to.be.a('function');
  });

  it('know what never fits', () => {
    const slots = new Slots({ runs: 2 });
    expect(slots.canEverFit({ runs: 2 })).to.equal(true);
    expect(slots.canEverFit({ runs: 1, gpu: 1 })).to.equal(false);
  });
});
