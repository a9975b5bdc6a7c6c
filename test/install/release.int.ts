import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { parse } from 'yaml';
import { packApp } from '../../install/publish/app.ts';
import { archive } from '../../install/publish/archive.ts';
import { buildBinary } from '../../install/publish/binary.ts';
import { krewManifest } from '../../install/publish/krew.ts';
import { artifactOf, sumsText } from '../../install/publish/make.ts';
import { sbom } from '../../install/publish/sbom.ts';
import { TARGETS } from '../../install/publish/targets.ts';

const ROOT = join(import.meta.dirname, '../..');

describe('a release', function () {
  this.timeout(120_000);
  const dir = mkdtempSync(join(tmpdir(), 'krt-release-test-'));
  after(() => rmSync(dir, { recursive: true }));

  describe('the standalone binary', () => {
    const bin = join(dir, 'bin');
    const env = { HOME: join(dir, 'home'), KRT_HOME: join(dir, 'k'), PATH: bin };
    const krt = (name: string, args: string[]) =>
      execa(join(bin, name), args, { env, extendEnv: false, reject: false, timeout: 60_000 });
    before(async function () {
      if (process.platform === 'win32') this.skip();
      mkdirSync(bin);
      mkdirSync(env.HOME);
      await buildBinary(await packApp(ROOT), process.execPath, join(bin, 'krt'));
      for (const name of ['kubectl-krt', 'kubectl_complete-krt']) symlinkSync('krt', join(bin, name));
      // all that this machine has, but for Node
      for (const folder of ['/bin', '/usr/bin']) {
        for (const name of readdirSync(folder).filter(name => !/^(node|nodejs|npm|npx|krt)$/.test(name))) {
          rmSync(join(bin, name), { force: true });
          symlinkSync(join(folder, name), join(bin, name));
        }
      }
    });

    it('runs without Node, as krt, as a plugin of kubectl, and for its completion', async () => {
      expect((await krt('sh', ['-c', 'command -v node'])).exitCode).not.to.equal(0);
      expect((await krt('krt', ['version', '--client'])).stdout).to.match(/^Client Version: \d/);
      expect((await krt('kubectl-krt', ['lst'])).stderr).to.include('did you mean: kubectl krt list');
      expect((await krt('kubectl_complete-krt', ['ru'])).stdout).to.match(/^run\t/);
    });

    it('takes all of its words itself, and none for the Node in it', async () => {
      expect((await krt('krt', ['--inspect'])).stderr).to.include('unknown flag: --inspect');
    });

    it('has the embedded default in it, and a Runtime', async () => {
      try {
        const up = await krt('krt', ['local', 'up', '--runtime', 'bash']);
        expect(up.exitCode, up.stderr).to.equal(0);
        const run = await krt('krt', ['run', '-r', 'bash', '-c', 'echo hello; exit 3']);
        expect([run.stdout, run.stderr, run.exitCode]).to.deep.equal(['hello', '', 3]);
      } finally {
        await krt('krt', ['local', 'down', '--delete']);
      }
    });

    it('says what to do where it has no place to unpack itself', async () => {
      writeFileSync(join(dir, 'file'), '');
      const cache = { ...env, XDG_CACHE_HOME: join(dir, 'file') };
      const { stderr, exitCode } = await execa(join(bin, 'krt'), ['version'], {
        env: cache,
        extendEnv: false,
        reject: false,
      });
      expect(stderr).to.include("krt can't unpack itself into").and.include('set XDG_CACHE_HOME');
      expect(exitCode).to.equal(69);
    });
  });

  for (const form of ['tar.gz', 'zip'] as const) {
    it(`has the same ${form} for the same files, whenever and wherever it is made`, async () => {
      const files = [
        { path: 'krt', data: Buffer.from('program'), executable: true },
        { path: 'completions/krt.bash', data: Buffer.from('script') },
      ];
      const zone = process.env['TZ'];
      const first = await archive(files, form);
      process.env['TZ'] = 'Pacific/Kiritimati';
      try {
        expect((await archive(files, form)).equals(first)).to.equal(true);
      } finally {
        if (zone === undefined) delete process.env['TZ'];
        else process.env['TZ'] = zone;
      }
      if (form === 'tar.gz') {
        writeFileSync(join(dir, 'a.tar.gz'), first);
        const { stdout } = await execa('tar', ['-tvzf', join(dir, 'a.tar.gz')]);
        expect(stdout).to.match(/^-rwxr-xr-x .* krt\n-rw-r--r-- .* completions\/krt.bash$/);
      }
    });
  }

  it('has sums that sha256sum can check', async () => {
    writeFileSync(join(dir, 'one'), 'content');
    writeFileSync(join(dir, 'SHA256SUMS'), sumsText([artifactOf('one', Buffer.from('content'))]));
    expect((await execa('sha256sum', ['-c', 'SHA256SUMS'], { cwd: dir })).stdout).to.equal('one: OK');
  });

  it('has a list of its parts, Node among them, that is the same each time', async () => {
    const text = await sbom(ROOT, TARGETS);
    const bom = JSON.parse(text) as {
      bomFormat: string;
      serialNumber: string;
      components: { name: string; purl: string }[];
    };
    expect(bom.bomFormat).to.equal('CycloneDX');
    expect(bom.serialNumber).to.match(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(bom.components.map(({ name }) => name))
      .to.include.members(['node', 'execa', 'yaml'])
      .and.not.include('mocha');
    expect(await sbom(ROOT, TARGETS)).to.equal(text);
  });

  it('has a manifest that krew takes', () => {
    const archives = TARGETS.map((target, i) => ({ target, sha256: `${i}`.repeat(64) }));
    const manifest = parse(krewManifest({ version: '1.2.3', url: 'https://releases.example/krt', archives }));
    const { apiVersion, kind, metadata, spec } = manifest;
    expect([apiVersion, kind]).to.deep.equal(['krew.googlecontainertools.github.com/v1alpha2', 'Plugin']);
    expect(metadata.name).to.match(/^[\w-]+$/);
    expect(spec.version).to.match(/^v\d+\.\d+\.\d+/);
    // krew lists it on one line, and wants neither a newline nor a full stop
    expect(spec.shortDescription).to.match(/^[^\n]{1,49}[^.\n]$/);
    expect(spec.platforms).to.have.length(6);
    for (const platform of spec.platforms) {
      expect(platform.uri).to.match(/^https:\/\/.*\.(zip|tar\.gz)$/);
      expect(platform.sha256).to.match(/^[0-9a-f]{64}$/);
      // paths stay within the archive, and the program is among the files that are taken over
      expect(platform.files.map(({ from }: { from: string }) => from)).to.include.members([platform.bin, 'LICENSE']);
      expect(platform.bin).to.match(platform.selector.matchLabels.os === 'windows' ? /^krt\.exe$/ : /^krt$/);
    }
    const selectors = spec.platforms.map(({ selector }: { selector: object }) => JSON.stringify(selector));
    expect(new Set(selectors).size).to.equal(6);
  });
});
