import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { installed, ROOT } from './objects.ts';
import { RIGHTS } from './rights.ts';

// tables may be padded
const page = readFileSync(join(ROOT, 'docs/install.md'), 'utf8').replaceAll(/ +\|/g, ' |');

/** The rows of the page's table of rights, as rights.ts would have them. */
function rows(): string[] {
  return RIGHTS.flatMap(({ account, namespace, rights, ownRights = [] }) => {
    const name = account.replace('runtime-bash', 'runtime-NAME');
    const own = namespace === 'system' ? 'its own namespace' : 'the Runtime’s namespace';
    const row = (where: string) => (right: string) => {
      const [, verbs = '', what, only] = /^(\S+) (\S+)(?: \[(.*)\])?$/.exec(right) ?? [];
      const on = only ? `\`${what}\` named \`${only.replace('bash', 'NAME')}\`` : `\`${what}\``;
      return `| \`${name}\` | ${where} | ${verbs.replaceAll(',', ', ')} | ${on} |`;
    };
    return [...rights.map(row('every namespace')), ...ownRights.map(row(own))];
  });
}

describe('docs/install.md', () => {
  it('lists the rights that the end-to-end test finds', () => {
    const found = page.split('\n').filter(line => /^\| `krt-/.test(line));
    expect(found).to.deep.equal(rows());
  });

  it('names every value of the chart, and no other', () => {
    const table = page.slice(page.indexOf('| value |'), page.indexOf('## Upgrading'));
    const named = [...table.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, value]) => value),
    );
    const [values] = installed('helm/krt/values.yaml');
    const leaves = Object.entries(values ?? {}).flatMap(([key, value]) =>
      value !== null && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length > 0
        ? Object.keys(value).map(inner => `${key}.${inner}`)
        : [key],
    );
    expect(named.sort()).to.deep.equal(leaves.sort());
  });

  it('names files that are there', () => {
    const files = [...page.matchAll(/(?:^|[ `[])((?:install|test|docs)\/[\w./-]+\w)/gm)].map(([, file]) => file ?? '');
    expect(files).to.include('install/install.yaml');
    for (const file of files) expect(() => readFileSync(join(ROOT, file)), file).to.not.throw(/ENOENT/);
  });
});
