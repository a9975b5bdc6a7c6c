import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { packApp } from '../../install/publish/app.ts';
import { buildBinary } from '../../install/publish/binary.ts';
import { fetchNode } from '../../install/publish/node.ts';
import { TARGETS } from '../../install/publish/targets.ts';
import { run } from '../acceptance/harness/cli.ts';
import { ROOT } from '../acceptance/harness/settings.ts';

/** Where Debian puts the libraries of arm64 on other machines: libc6-arm64-cross and its kin. */
const LIBRARIES = '/usr/aarch64-linux-gnu';
const DEADLINE_MS = 200_000;

describe('the binary for Linux on arm64', function () {
  this.timeout(DEADLINE_MS);
  const dir = mkdtempSync(join(tmpdir(), 'krt-arm64-'));
  const env = { PATH: process.env['PATH'], HOME: dir };
  after(() => rmSync(dir, { recursive: true }));

  it('runs, on an emulator where this machine has one', async function () {
    const emulator = '/usr/bin/qemu-aarch64';
    if (!existsSync(emulator) || !existsSync(LIBRARIES)) this.skip();
    const target = TARGETS.find(({ os, arch }) => os === 'linux' && arch === 'arm64')!;
    const node = await fetchNode(target, join(ROOT, 'release/.node'));
    await buildBinary(await packApp(ROOT), node.program, join(dir, 'krt'));
    const words = ['-L', LIBRARIES, join(dir, 'krt'), 'version', '--client'];
    const { stdout, stderr } = await run(emulator, words, { env, deadlineMs: DEADLINE_MS });
    expect(stdout, stderr).to.match(/^Client Version: \d/);
  });
});
