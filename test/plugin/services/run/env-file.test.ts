import { expect } from 'chai';
import { parseEnvFile } from '../../../../plugin/services/run/env-file.ts';

describe('parseEnvFile', () => {
  for (const [title, text, env] of [
    ['nothing', '', {}],
    ['a line without its newline', 'A=1', { A: '1' }],
    ['blank lines and comments', '\n# A=1\n   \n  # B=2\nC=3\n', { C: '3' }],
    [
      'values as they are',
      `A= b \nB="q"\nC='#'\nD=a=b # c\nE=\n`,
      { A: ' b ', B: '"q"', C: "'#'", D: 'a=b # c', E: '' },
    ],
    ['lines as Windows ends them', 'A=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['a byte order mark', '\ufeffA=1\n', { A: '1' }],
    ['the last of two lines for one name', 'A=1\nA=2\n', { A: '2' }],
    ['a name with a blank before it', '  A=1\n', { A: '1' }],
  ] as const) {
    it(`reads ${title}`, () => {
      expect(parseEnvFile(text, 'f')).to.deep.equal(env);
    });
  }

  for (const [text, place] of [
    ['A', 1],
    ['A=1\n\nB\n', 3],
    ['=x', 1],
  ] as const) {
    it(`refuses ${JSON.stringify(text)} and says where`, () => {
      expect(() => parseEnvFile(text, 'f.env')).to.throw(`--env-file f.env:${place}: `);
    });
  }
});
