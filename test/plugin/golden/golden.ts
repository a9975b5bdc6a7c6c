import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

/** Holds `text` against the file of that name; `npm run golden` writes it anew, to be looked at in the diff. */
export function expectGolden(name: string, text: string): void {
  const file = join(import.meta.dirname, name);
  const shown = text.replaceAll('\u001b', '␛');
  if (process.env['UPDATE_GOLDEN']) writeFileSync(file, shown);
  else expect(shown).to.equal(readFileSync(file, 'utf8'), `${name} differs: if it should, run npm run golden`);
}
