import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { krewManifest } from '../../install/publish/krew.ts';
import { TARGETS } from '../../install/publish/targets.ts';
import { MAN_FOLDER } from '../../install/reference/man.ts';
import { run } from '../acceptance/harness/cli.ts';
import { ROOT } from '../acceptance/harness/settings.ts';
import { krewProgram } from './krew.ts';

/** The platform of the machines that test. */
const PLATFORM = 'linux-amd64';
const DEADLINE_MS = 300_000;

describe('npm run release', function () {
  this.timeout(2 * DEADLINE_MS);
  const dir = mkdtempSync(join(tmpdir(), 'krt-release-'));
  const [first, second] = [join(dir, 'first'), join(dir, 'second')] as const;
  let archive = '';
  after(() => rmSync(dir, { recursive: true }));

  async function release(out: string): Promise<void> {
    const words = ['--url', 'https://releases.example/krt', '--only', PLATFORM, '--out', out];
    const options = { cwd: ROOT, env: process.env, deadlineMs: DEADLINE_MS };
    const { code, stderr } = await run(process.execPath, [join(ROOT, 'install/release.ts'), ...words], options);
    expect(code, stderr).to.equal(0);
  }

  before(async () => {
    await release(first);
    archive = join(first, readdirSync(first).find(name => name.endsWith('.tar.gz'))!);
  });

  it('makes the same bytes each time', async () => {
    await release(second);
    const names = readdirSync(first).sort();
    expect(readdirSync(second).sort()).to.deep.equal(names);
    expect(names).to.have.length(4);
    for (const name of names) {
      const isSame = readFileSync(join(first, name)).equals(readFileSync(join(second, name)));
      expect(isSame, name).to.equal(true);
    }
  });

  it('puts the program, licences, man pages and completions into the archive', async () => {
    const { stdout } = await run('tar', ['-tzf', archive]);
    const pages = readdirSync(join(ROOT, MAN_FOLDER)).map(page => `man/man1/${page}`);
    expect(stdout.trim().split('\n')).to.have.members([
      ...['krt', 'LICENSE', 'LICENSES-OF-OTHERS', ...pages],
      ...['completions/krt.bash', 'completions/_krt', 'completions/krt.fish', 'completions/krt.ps1'],
    ]);
  });

  it('makes sums that are right', async () => {
    const { stdout, code } = await run('sha256sum', ['-c', 'SHA256SUMS'], { cwd: first });
    expect(code, stdout).to.equal(0);
  });

  describe('for krew', () => {
    const home = join(dir, 'home');
    const env = { HOME: home, KREW_ROOT: join(dir, 'krew'), PATH: join(dir, 'bin') };
    before(() => {
      for (const folder of [home, env.PATH]) mkdirSync(folder);
      symlinkSync('/bin/sh', join(env.PATH, 'sh'));
    });

    it('makes a manifest that the validator of its index takes, for every platform', async () => {
      const archives = TARGETS.map((target, i) => ({ target, sha256: `${i}`.repeat(64) }));
      const url = 'https://releases.example/krt';
      writeFileSync(join(dir, 'krt.yaml'), krewManifest({ version: '1.2.3', url, archives }));
      const validator = await krewProgram('validate-krew-manifest');
      const { code, stderr } = await run(validator, ['-manifest', join(dir, 'krt.yaml'), '-skip-install']);
      expect(code, stderr).to.equal(0);
    });

    it('makes an archive that it installs, and that runs without Node', async () => {
      const words = ['install', `--manifest=${join(first, 'krt.yaml')}`, `--archive=${archive}`];
      const installed = await run(await krewProgram('krew'), words, { env, deadlineMs: DEADLINE_MS });
      expect(installed.code, installed.stderr).to.equal(0);
      const plugin = join(env.KREW_ROOT, 'bin/kubectl-krt');
      expect((await run(plugin, ['version', '--client'], { env })).stdout).to.match(/^Client Version: \d/);
      expect((await run(plugin, ['lst'], { env })).stderr).to.include('did you mean: kubectl krt list');
    });
  });
});
