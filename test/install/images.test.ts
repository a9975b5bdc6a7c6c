import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ROOT } from './objects.ts';

const read = (name: string) => readFileSync(join(ROOT, 'install', name), 'utf8');
/** The instructions of a Dockerfile, without comments, each on one line. */
const instructionsOf = (name: string) =>
  read(`images/${name}.Dockerfile`)
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter(line => line !== '');
/** How the variable is named in an instruction. */
const BASE = '$' + '{BASE}';
const NAMES = ['agents', 'bash-runtime'];

describe('the Dockerfiles', () => {
  for (const name of NAMES) {
    const instructions = instructionsOf(name);

    it(`build ${name} on a base that never changes by itself`, () => {
      expect(instructions[0]).to.match(/^ARG BASE=\S+@sha256:[0-9a-f]{64}$/);
      const stages = instructions.filter(line => line.startsWith('FROM '));
      expect(stages.map(line => line.replace(BASE, 'BASE'))).to.deep.equal(['FROM BASE AS build', 'FROM BASE']);
    });

    it(`let ${name} run as a user that every Pod Security takes for no root`, () => {
      expect(instructions.filter(line => line.startsWith('USER '))).to.deep.equal(['USER 65532:65532']);
    });

    it(`ship of ${name} only what the bundler makes`, () => {
      const bundles = [...read('build.ts').matchAll(/^ {2}(?:'([\w-]+)'|(\w+)): 'agents\//gm)].map(
        ([, quoted, plain]) => quoted ?? plain,
      );
      const shipped = instructions.flatMap(line =>
        [...line.matchAll(/dist\/agents\/([\w-]+)\.js(?= )/g)].map(found => found[1]),
      );
      expect(shipped).to.not.have.lengthOf(0);
      expect(bundles).to.include.members(shipped);
    });
  }

  it('keep the Runtime Server and its init closed to programs of the same user: they execute and can’t be read', () => {
    const text = instructionsOf('bash-runtime').join('\n');
    expect(text).to.match(/&& chmod 0711 \/usr\/bin\/tini$/m);
    expect(text).to.match(/^COPY --from=build --chmod=0711 \S+ \/usr\/local\/bin\/node$/m);
  });

  it('share their first stage, which is then built once', () => {
    const [first, second] = NAMES.map(name => {
      const instructions = instructionsOf(name);
      return instructions.slice(0, instructions.indexOf(`FROM ${BASE}`));
    });
    expect(first).to.deep.equal(second);
  });
});
