import { expect } from 'chai';
import { coursesOf, type Sample } from './flat.ts';

const MIB = 1024 * 1024;
const samples = (count: number, at: (i: number) => Partial<Sample>): Sample[] =>
  Array.from({ length: count }, (_, i) => ({ rssBytes: 80 * MIB, descriptors: 30, timers: 5, ...at(i) }));
const risen = (list: Sample[]) =>
  coursesOf(list)
    .filter(({ isFlat }) => !isFlat)
    .map(({ quantity }) => quantity);

describe('what counts as flat', () => {
  it('is what does not change', () => {
    expect(risen(samples(40, () => ({})))).to.deep.equal([]);
  });

  it('is what grows while it warms up, and has a peak now and then', () => {
    const warming = samples(40, i => ({
      rssBytes: Math.min(40 + 5 * i, 85) * MIB,
      descriptors: i % 7 === 0 ? 300 : 30,
    }));
    expect(risen(warming)).to.deep.equal([]);
  });

  it('is not what goes on growing, be it memory, descriptors or timers', () => {
    expect(risen(samples(40, i => ({ rssBytes: (80 + 2 * i) * MIB })))).to.deep.equal(['rssBytes']);
    expect(risen(samples(40, i => ({ descriptors: 30 + i })))).to.deep.equal(['descriptors']);
    expect(risen(samples(40, i => ({ timers: 5 + i })))).to.deep.equal(['timers']);
  });

  it('says nothing of what was not told', () => {
    const told = coursesOf(samples(40, () => ({ timers: undefined }))).map(({ quantity }) => quantity);
    expect(told).to.deep.equal(['rssBytes', 'descriptors']);
  });
});
