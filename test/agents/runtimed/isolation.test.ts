import { expect } from 'chai';
import { Bench } from './harness.ts';

const NOT_ISOLATED = 'the Runtime Server does not give each program a user of its own, as the Runtime asks it to';

describe('runtimed of a Runtime that asks for a user for each slot', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });
  afterEach(() => bench.close());

  for (const [title, isolation] of [
    ['that knows nothing of it', undefined],
    ['that gives none', ''],
  ] as const) {
    it(`takes no Run while it has a Runtime Server ${title}`, async () => {
      bench.server.healthy = { healthy: true, message: '', ...(isolation !== undefined && { isolation }) };
      const runtimed = await bench.start({ isolation: 'UserPerSlot' });
      await bench.until(() => runtimed.notReady() === NOT_ISOLATED);
      bench.assign('a');
      await bench.clock.advance(60_000);
      expect(runtimed.notReady()).to.equal(NOT_ISOLATED);
      expect(bench.server.starts).to.deep.equal([]);
    });
  }

  it('takes Runs when the Runtime Server tells that it does', async () => {
    bench.server.healthy = { healthy: true, message: '', isolation: 'UserPerSlot' };
    const runtimed = await bench.start({ isolation: 'UserPerSlot' });
    await bench.until(() => runtimed.notReady() === undefined);
    bench.assign('a');
    await bench.started('a');
  });
});
