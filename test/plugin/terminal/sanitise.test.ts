import { expect } from 'chai';
import { OutputSanitiser, sanitise } from '../../../plugin/terminal/sanitise.ts';

const ESC = '\u001b';
/** Everything that a terminal may be given beside printable characters. */
const HARMLESS = /^([^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]|\u001b\[[0-9;:]*m)*$/;

describe('sanitise', () => {
  for (const [text, shown] of [
    ['plain é 日本 🎉 text\twith\nlines', 'plain é 日本 🎉 text\twith\nlines'],
    [`${ESC}[31mred`, '^[[31mred'],
    ['bell\u0007 nul\0 del\u007f return\r', 'bell^G nul^@ del^? return^M'],
    ['\u009b2J\u0085', 'M-^[2JM-^E'],
  ] as const) {
    it(`shows ${JSON.stringify(text)} as ${JSON.stringify(shown)}`, () => {
      expect(sanitise(text)).to.equal(shown);
    });
  }
});

describe('OutputSanitiser', () => {
  const whole = (text: string | Buffer, colour = true) => {
    const sanitiser = new OutputSanitiser(colour);
    return sanitiser.push(Buffer.from(text as string)) + sanitiser.end();
  };

  for (const [title, text, shown] of [
    ['text', 'a\tb\r\nc\rd\n', 'a\tb\r\nc\rd\n'],
    ['colours, and ends those that are left on', `${ESC}[1;31mred`, `${ESC}[1;31mred${ESC}[0m`],
    ['colours that end themselves', `${ESC}[38:5:9mred${ESC}[m.`, `${ESC}[38:5:9mred${ESC}[m.`],
    ['a title', `${ESC}]0;owned\u0007.`, '^[]0;owned^G.'],
    ['moves and erasures', `${ESC}[2J${ESC}[1;1H${ESC}[?1049h`, '^[[2J^[[1;1H^[[?1049h'],
    ['requests for an answer', `${ESC}[6n${ESC}[c${ESC}P$q"p${ESC}\\`, '^[[6n^[[c^[P$q"p^[\\'],
    ['C1 controls', '\u009b31m\u009d0;x\u009c', 'M-^[31mM-^]0;xM-^\\'],
    ['backspaces, which could hide what is written', 'good\b\b\b\bevil', 'good^H^H^H^Hevil'],
    ['an ESC alone', `a${ESC}`, 'a^['],
    ['a style that is not one', `${ESC}[31;x m`, '^[[31;x m'],
    ['a style that is longer than any', `${ESC}[${'1;'.repeat(100)}m`, `^[[${'1;'.repeat(100)}m`],
  ] as const) {
    it(`shows ${title}`, () => {
      expect(whole(text)).to.equal(shown);
    });
  }

  it('shows bytes that are no UTF-8 as what they are not', () => {
    expect(whole(Buffer.from([0x61, 0xff, 0x9b, 0x32, 0x4a]))).to.equal('a\ufffd\ufffd2J');
  });

  it('takes colours away where none are wanted', () => {
    expect(whole(`${ESC}[31mred${ESC}[0m`, false)).to.equal('red');
  });

  it('shows the same however the bytes are cut, and never anything else than text and colours', () => {
    const text = `é${ESC}[31mred${ESC}[0m${ESC}]0;x\u0007${ESC}[2J日${ESC}[1m\u009b\r\n${ESC}${ESC}[4mx${ESC}[`;
    const bytes = Buffer.from(text);
    const expected = whole(text);
    expect(expected).to.match(HARMLESS);
    for (let size = 1; size < bytes.length; size++) {
      const sanitiser = new OutputSanitiser(true);
      let shown = '';
      for (let at = 0; at < bytes.length; at += size) {
        const part = sanitiser.push(bytes.subarray(at, at + size));
        expect(part).to.match(HARMLESS);
        shown += part;
      }
      expect(shown + sanitiser.end()).to.equal(expected);
    }
  });

  it('does not hold a long text back that begins like a style', () => {
    const sanitiser = new OutputSanitiser(true);
    expect(sanitiser.push(Buffer.from(`${ESC}[${'1'.repeat(65)}`))).to.equal(`^[[${'1'.repeat(65)}`);
  });
});
