import { expect } from 'chai';
import { canonicalQuantity, parseQuantity } from '../../../../../agents/local/api/types/quantity.ts';

describe('quantities', () => {
  for (const [text, expected] of [
    ['0', '0'],
    ['1', '1'],
    ['0.5', '500m'],
    ['.5', '500m'],
    ['1000m', '1'],
    ['1500m', '1500m'],
    ['1k', '1k'],
    ['1000k', '1M'],
    ['12e6', '12e6'],
    ['1e3', '1e3'],
    ['1e-3', '1e-3'],
    ['1E', '1E'],
    ['1024Mi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['0.5Gi', '512Mi'],
    ['100Ki', '100Ki'],
    ['2048Ki', '2Mi'],
    ['0.1Ki', '102400m'],
    ['1.1Ki', '1126400m'],
    ['512', '512'],
    ['-1', '-1'],
    ['-0.5', '-500m'],
    ['0.0000000001', '1n'],
    ['', undefined],
    ['abc', undefined],
    ['1 ', undefined],
    ['1KiB', undefined],
    ['1.2.3', undefined],
    ['--1', undefined],
    ['Mi', undefined],
    ['1e999', undefined],
  ] as const) {
    it(`writes ${text || 'nothing'} as ${expected}`, () => {
      expect(canonicalQuantity(text)).to.equal(expected);
    });
  }

  it('compares whatever they are written in', () => {
    expect(parseQuantity('1Gi')! > parseQuantity('1G')!).to.equal(true);
    expect(parseQuantity('1000m')).to.equal(parseQuantity('1'));
    expect(parseQuantity('1e3')).to.equal(parseQuantity('1k'));
  });
});
