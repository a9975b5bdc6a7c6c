import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { CHECKS } from '../../../agents/conformance/run-checks.ts';

describe('the page for authors of Runtimes', () => {
  it('has each check of the kit, in order', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/runtime-authors.md'), 'utf8');
    const rows = [...page.matchAll(/^\| (.+?) +\| (.+?) +\|$/gm)].map(([, name, about]) => [name, about]);
    const first = rows.findIndex(([name]) => name === CHECKS[0]!.name);
    const wanted = CHECKS.map(({ name, about }) => [name, about]);
    expect(rows.slice(first)).to.deep.equal(wanted);
    expect(new Set(wanted.map(([name]) => name)).size).to.equal(wanted.length);
  });
});
