import { expect } from 'chai';
import { parseDuration } from '../../../crds/v1alpha1/duration.ts';

describe('parseDuration', () => {
  const cases: [text: string, ms: number | undefined][] = [
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['250ms', 250],
    ['3us', 0.003],
    ['3µs', 0.003],
    ['0s', 0],
    ['2562047h', 2562047 * 3_600_000],
    ['2562048h', undefined], // more than Go's int64 of nanoseconds
    ['', undefined],
    ['5', undefined],
    ['-1s', undefined],
    ['1e9h', undefined],
    ['5 minutes', undefined],
    ['1d', undefined],
  ];
  for (const [text, ms] of cases) {
    it(`reads "${text}" as ${ms === undefined ? 'no duration' : `${ms} ms`}`, () => {
      expect(parseDuration(text)).to.equal(ms);
    });
  }
});
