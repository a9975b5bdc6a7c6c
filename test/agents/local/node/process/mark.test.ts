import { expect } from 'chai';
import { makeMark, marked, parseMark } from '../../../../../agents/local/node/process/mark.ts';

/** A line of /proc/PID/limits. */
const limits = (soft: string, hard: string) =>
  `Limit                     Soft Limit           Hard Limit           Units     \n` +
  `Max stack size            8388608              unlimited            bytes     \n` +
  `Max resident set          ${soft.padEnd(20)} ${hard.padEnd(20)} bytes     \n` +
  'Max processes             63704                63704                processes \n';

describe('a mark', () => {
  it('is large, and another each time', () => {
    const marks = Array.from({ length: 100 }, makeMark);
    expect(new Set(marks).size).to.equal(100);
    for (const mark of marks) expect(mark).to.be.within(2 ** 40, 2 ** 42);
  });

  it('is read from the hard limit of a process, which its programs can not raise', () => {
    const mark = makeMark();
    const bytes = String(mark * 1024);
    expect(parseMark(limits(bytes, bytes))).to.equal(mark);
    expect(parseMark(limits('4096', bytes))).to.equal(mark);
  });

  it('is none where there is no limit', () => {
    expect(parseMark(limits('unlimited', 'unlimited'))).to.equal(undefined);
    expect(parseMark('')).to.equal(undefined);
  });

  it('is taken on by a shell that becomes the program, with its words as they are', () => {
    const [file, args] = marked(5, ['echo', 'a b', '$x']);
    expect(file).to.equal('/bin/sh');
    expect(args.slice(2)).to.deep.equal(['krt-container', '5', 'echo', 'a b', '$x']);
  });
});
