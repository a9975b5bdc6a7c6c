import { access, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { connectByKubeconfig } from '../../plugin/library/connect.ts';
import { makeClaim } from '../acceptance/harness/claim.ts';
import { ROOT, TEST_TIMEOUT_MS } from '../acceptance/harness/settings.ts';
import { matches } from '../docs/console.ts';
import { programsOf } from '../docs/programs.ts';
import { type Installed, installPackage, manifestIn, packagesIn } from './installed.ts';

const PROGRAMS = programsOf(await readFile(join(ROOT, 'docs/library.md'), 'utf8'));
const nameOf = (line: number) => `line-${line}.ts`;

/** Each mark of an error is itself one where the types allow what it stands above. */
const WRONG = `import { Krt, type LogLine, type Run } from 'krt';
const krt: Krt = await Krt.connect({});
const run: Run = await krt.submit({ runtime: 'bash' });
// @ts-expect-error a Run needs a Runtime
await krt.submit({ args: ['true'] });
// @ts-expect-error there is no such field
await krt.submit({ runtime: 'bash', tiemout: '1s' });
// @ts-expect-error phases are words of their own
if (run.status?.phase === 'Done') krt.close();
for await (const line of krt.logs(run)) {
  const known: LogLine = line;
  // @ts-expect-error a line has two streams
  if (known.stream === 'stdin') break;
}
`;

describe('the package', function () {
  this.timeout(TEST_TIMEOUT_MS);
  let krt: Installed;

  before(async () => {
    krt = await installPackage();
  });
  after(() => krt?.end());

  it('holds what is built, what krt install applies, and no sources', () => {
    const kinds = new Set(krt.files.map(path => path.split('/')[0]));
    expect([...kinds].sort()).to.include.members(['LICENSE', 'README.md', 'dist', 'install', 'package.json', 'plugin']);
    expect(krt.files).to.include.members(['dist/library.js', 'install/install.yaml', 'install/runtimes/bash.yaml']);
    expect(krt.files.filter(path => /(?<!\.d)\.ts$/.test(path))).to.deep.equal([]);
  });

  it('is installed from the tarball alone, without a registry, as README.md says', async () => {
    const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
    expect(readme).to.include(`npm install --global --prefix ~/.local ./${krt.tarball}`);
    expect(await packagesIn(krt.folder)).to.deep.equal(['krt']);
  });

  it('has every file that its manifest names', async () => {
    const { bin, man } = await manifestIn(krt.folder);
    for (const path of [...Object.values(bin), ...man]) await access(join(krt.folder, 'node_modules/krt', path));
  });

  it('runs as krt and as a plugin of kubectl', async () => {
    expect((await krt.run('krt', 'version', '--client')).stdout).to.match(/^Client Version: \d/);
    expect((await krt.run('kubectl-krt', '--help')).stdout).to.include('kubectl krt run');
  });

  it('brings the embedded default up, and runs a program on it', async () => {
    const up = await krt.run('krt', 'local', 'up', '--runtime', 'bash');
    expect(up.code, up.stderr).to.equal(0);
    const { stdout, stderr, code } = await krt.run('krt', 'run', '-r', 'bash', '-c', 'echo hello; exit 3');
    expect([stdout, stderr, code]).to.deep.equal(['hello\n', '', 3]);
  });

  describe('as a library', () => {
    before(async () => {
      await addRuntimeWithArtifacts(krt);
      for (const { line, source } of PROGRAMS) await writeFile(join(krt.folder, nameOf(line)), source);
      await writeFile(join(krt.folder, 'wrong.ts'), WRONG);
      // the consumer brings the types of Node, as any program for Node does
      await mkdir(join(krt.folder, 'node_modules/@types'));
      for (const name of ['@types/node', 'undici-types']) {
        await symlink(join(ROOT, 'node_modules', name), join(krt.folder, 'node_modules', name));
      }
    });

    for (const [module, moduleResolution] of [
      ['nodenext', 'nodenext'],
      ['esnext', 'bundler'],
    ] as const) {
      it(`has types for a strict consumer with moduleResolution ${moduleResolution}`, async () => {
        const compilerOptions = {
          ...{ module, moduleResolution, target: 'es2022', noEmit: true, types: ['node'] },
          ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false },
        };
        await writeFile(join(krt.folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
        const require = createRequire(import.meta.url);
        const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
        const { stdout, code } = await krt.run(process.execPath, tsc, '-p', '.');
        expect([stdout, code]).to.deep.equal(['', 0]);
      });
    }

    for (const { line, output } of PROGRAMS) {
      it(`runs the program at line ${line} of docs/library.md`, async () => {
        const { stdout, stderr, code } = await krt.run(process.execPath, nameOf(line));
        expect([stderr, code]).to.deep.equal(['', 0]);
        if (!matches(stdout, { command: '', line, output })) expect(stdout).to.equal(output);
      });
    }
  });

  describe('at the end', () => {
    it('takes the embedded default down', async () => {
      expect((await krt.run('krt', 'local', 'down')).stdout).to.equal('the embedded default is down\n');
    });
  });
});

/** What a page says of artifacts needs a Runtime with a store. */
async function addRuntimeWithArtifacts({ folder, env }: Installed): Promise<void> {
  const { clients, namespace } = await connectByKubeconfig({ env });
  try {
    await makeClaim({ clients, namespace, dir: folder }, 'artifacts');
    const bash = await clients.runtimes.get('bash', namespace);
    const artifactStore = { filesystem: { volumeClaimName: 'artifacts' } };
    await clients.runtimes.create({
      ...{ apiVersion: bash.apiVersion!, kind: bash.kind! },
      metadata: { name: 'with-artifacts', namespace },
      spec: { ...bash.spec, artifactStore },
    });
  } finally {
    clients.transport.close();
  }
}
