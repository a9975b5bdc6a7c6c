import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect } from 'chai';

const root = join(import.meta.dirname, '..');
const sources = globSync('{plugin,agents,crds}/**/*.{ts,js}', { cwd: root }).filter(file => !file.endsWith('.d.ts'));
const text = new Map(sources.map(file => [file, readFileSync(join(root, file), 'utf8')]));

/** Files of ours that `file` imports, relative to the root; types count too: a wrong arrow is one in either form. */
function importsOf(file: string): string[] {
  const found = [...text.get(file)!.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']+)'/g)].map(match => match[1]!);
  return found.map(path => normalize(join(dirname(file), path)));
}

/** What each part may import beside itself; the first prefix that fits a file counts. */
const ARROWS: [part: string, mayImport: string[]][] = [
  ['crds/v1alpha1', []],
  ['crds/client', ['crds/v1alpha1']],
  ['plugin', ['crds', 'dist/plugin']],
  ['agents/lib', ['crds']],
  ['agents/protocol', []],
  ['agents/controller', ['agents/lib', 'crds']],
  ['agents/scheduler', ['agents/lib', 'crds']],
  ['agents/runtimed', ['agents/lib', 'agents/protocol', 'crds']],
  ['agents/runtimes', ['agents/lib', 'agents/protocol']],
  ['agents/conformance', ['agents/lib', 'agents/protocol']],
  ['agents/local', ['agents/controller', 'agents/scheduler', 'agents/lib', 'crds']],
];

const within = (file: string, part: string) => file.startsWith(`${part}/`);

function wrongArrows(): string[] {
  const wrong: string[] = [];
  for (const file of sources) {
    const arrow = ARROWS.find(([part]) => within(file, part));
    if (!arrow) wrong.push(`${file} belongs to no part`);
    const [part, mayImport] = arrow ?? ['', []];
    for (const target of importsOf(file)) {
      if (![part, ...mayImport].some(allowed => within(target, allowed))) wrong.push(`${file} -> ${target}`);
    }
  }
  return wrong;
}

/** The first import cycle found, as a path of files; undefined where there is none. */
function findCycle(): string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, path: string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file) || !text.has(file)) return undefined;
    for (const target of importsOf(file)) {
      const cycle = visit(target, [...path, file]);
      if (cycle) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of sources) {
    const cycle = visit(file, []);
    if (cycle) return cycle;
  }
  return undefined;
}

function linesWith(pattern: RegExp, allowed: RegExp): string[] {
  return sources.flatMap(file => {
    if (allowed.test(file)) return [];
    const lines = text.get(file)!.split('\n');
    return lines.flatMap((line, i) => (pattern.test(line.replace(/\/\/.*|^\s*\*.*/, '')) ? [`${file}:${i + 1}`] : []));
  });
}

describe('the architecture', () => {
  it('lets imports point only plugin -> crds <- agents, and never from role to role', () => {
    expect(wrongArrows()).to.deep.equal([]);
  });

  it('notices a wrong arrow', () => {
    text.set('plugin/wrong.ts', "import { x } from '../agents/lib/clock.ts';");
    sources.push('plugin/wrong.ts');
    try {
      expect(wrongArrows()).to.deep.equal(['plugin/wrong.ts -> agents/lib/clock.ts']);
    } finally {
      sources.pop();
      text.delete('plugin/wrong.ts');
    }
  });

  it('has no import cycle', () => {
    expect(findCycle()?.join(' -> ')).to.equal(undefined);
  });

  it('keeps every file at 250 lines or fewer', () => {
    const long = sources.filter(file => text.get(file)!.split('\n').length > 251);
    expect(long).to.deep.equal([]);
  });

  it('takes the time only from the clock', () => {
    const time = /\bDate\.now\(|\bnew Date\(\)|\bset(Timeout|Interval)\(|node:timers/;
    expect(linesWith(time, /^agents\/lib\/clock\.ts$|^plugin\/clock\.ts$/)).to.deep.equal([]);
  });

  it('reads the environment only in entry points', () => {
    const environment = /\bprocess\.(env\b(?!\.KRT_VERSION)|argv\b)/;
    const entryPoints =
      /^plugin\/(bin\/|main\.ts$|context\.ts$|base-command\.ts$|library\/connect\.ts$)|^agents\/[a-z/]+\/main\.ts$/;
    expect(linesWith(environment, entryPoints)).to.deep.equal([]);
  });

  it('uses erasable TypeScript without default exports outside of commands', () => {
    expect(linesWith(/^\s*(export )?(declare )?(const enum|enum|namespace) \w/, /^$/)).to.deep.equal([]);
    expect(linesWith(/^export default /, /^plugin\/(commands\/|help\.ts$)/)).to.deep.equal([]);
  });
});
