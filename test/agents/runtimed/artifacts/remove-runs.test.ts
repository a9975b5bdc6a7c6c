import { expect } from 'chai';
import { pino } from 'pino';
import { removeRuns } from '../../../../agents/runtimed/artifacts/remove-runs.ts';
import type { ArtifactStore } from '../../../../agents/runtimed/artifacts/store.ts';
import { FakeClock } from '../../../fakes/clock.ts';

describe('a cleaner', () => {
  const log = pino({ level: 'silent' });
  const clock = new FakeClock();
  let asked: string[] = [];

  /** A store that refuses a Run so many times. */
  const store = (refusals: Record<string, number>): ArtifactStore =>
    ({
      remove: async (uid: string) => {
        asked.push(uid);
        if ((refusals[uid] ?? 0) > 0) {
          refusals[uid]! -= 1;
          throw new Error(`${uid} is locked`);
        }
      },
    }) as unknown as ArtifactStore;
  async function clean(refusals: Record<string, number>): Promise<unknown> {
    asked = [];
    let end: unknown = 'under way';
    removeRuns(['a', 'b', 'c'], { store: store(refusals), clock, log }).then(
      () => (end = 'done'),
      error => (end = error),
    );
    for (let i = 0; i < 60 && end === 'under way'; i++) await clock.advance(1000);
    return end;
  }

  it('deletes what each of the Runs has', async () => {
    expect(await clean({})).to.equal('done');
    expect(asked).to.deep.equal(['a', 'b', 'c']);
  });

  it('asks a store that refuses again', async () => {
    expect(await clean({ b: 3 })).to.equal('done');
    expect(asked).to.deep.equal(['a', 'b', 'b', 'b', 'b', 'c']);
  });

  it('fails where one stays, when it has tried all', async () => {
    expect(await clean({ b: 99 }))
      .to.be.instanceOf(Error)
      .with.property('message', 'b is locked');
    expect(asked.at(-1)).to.equal('c');
  });
});
