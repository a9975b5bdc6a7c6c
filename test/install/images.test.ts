import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { NODE_FLAGS } from '../../agents/lib/node-flags.ts';
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
const RUNTIMES = ['bash-runtime', 'python-runtime', 'node-runtime'];
const NAMES = ['agents', ...RUNTIMES];

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

  for (const name of RUNTIMES) {
    it(`keep the server of ${name} and its init closed to programs of the same user: they execute and can’t be read`, () => {
      const text = instructionsOf(name).join('\n');
      expect(text).to.match(/&& chmod 0711 \/usr\/bin\/tini$/m);
      const closed = /^COPY --from=build --chmod=0711 \S+ (\S+)$/m.exec(text)?.[1];
      const node = /^ENTRYPOINT \["tini", "--", "([^"]+)"/m.exec(text)?.[1];
      expect(['/app/node', '/usr/local/bin/node']).to.include(closed);
      expect(closed).to.match(new RegExp(`(^|/)${node}$`));
    });

    it(`start the server of ${name} as the embedded default does`, () => {
      const words = instructionsOf(name).flatMap(line => /^ENTRYPOINT (.*)$/.exec(line)?.[1] ?? []);
      const [init, dashes, , ...rest] = JSON.parse(words[0]!);
      expect([init, dashes, ...rest]).to.deep.equal(['tini', '--', ...NODE_FLAGS, `/app/${name}.js`]);
    });

    it(`ship with ${name} what its server reads beside its bundle`, () => {
      const source = `${name.replace('-runtime', '')}/main.ts`;
      const beside = readFileSync(join(ROOT, 'agents/runtimes', source), 'utf8').matchAll(/new URL\('\.\/([^']+)'/g);
      const wanted = ['executor.proto', ...[...beside].map(([, file]) => file!)];
      for (const file of wanted) expect(instructionsOf(name).join('\n')).to.include(`/src/dist/agents/${file} `);
    });
  }

  it('share their first stage, which is then built once', () => {
    const stages = NAMES.map(name => {
      const instructions = instructionsOf(name);
      return instructions.slice(0, instructions.indexOf(`FROM ${BASE}`)).join('\n');
    });
    expect(new Set(stages).size).to.equal(1);
  });
});
