import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { packApp } from '../../install/publish/app.ts';
import { buildBinary } from '../../install/publish/binary.ts';
import { fetchNode } from '../../install/publish/node.ts';
import { signForMac } from '../../install/publish/sign.ts';
import { TARGETS } from '../../install/publish/targets.ts';
import { ROOT } from '../acceptance/harness/settings.ts';
import { signatureOf } from './mach-o.ts';

describe('binaries for macOS', function () {
  this.timeout(300_000);
  const dir = mkdtempSync(join(tmpdir(), 'krt-sign-'));
  const quill = join(ROOT, 'release/.quill');
  after(() => rmSync(dir, { recursive: true }));

  for (const target of TARGETS.filter(({ os }) => os === 'darwin')) {
    it(`for ${target.arch} have a signature that is true of every page, and the same each time`, async function () {
      const node = await fetchNode(target, join(ROOT, 'release/.node'));
      const app = await packApp(ROOT);
      const [one, two] = [join(dir, `${target.arch}-1`), join(dir, `${target.arch}-2`)];
      await buildBinary(app, node.program, one);
      expect(signatureOf(readFileSync(one))).to.equal(undefined);
      if (!(await signForMac(one, quill))) this.skip(); // there is no Go
      const binary = readFileSync(one);
      const signature = signatureOf(binary);
      expect(signature).to.deep.include({ identifier: 'krt', isAdHoc: true, wrongPages: 0 });
      expect(signature?.pages).to.be.above(20_000);
      await buildBinary(app, node.program, two);
      await signForMac(two, quill);
      expect(readFileSync(two).equals(binary)).to.equal(true);
    });
  }

  it('are told to be changed where a byte of them is', async () => {
    const { program } = await fetchNode(TARGETS.find(({ os }) => os === 'darwin')!, join(ROOT, 'release/.node'));
    const binary = readFileSync(program);
    expect(signatureOf(binary)).to.deep.include({ identifier: 'node', isAdHoc: false, wrongPages: 0 });
    binary[5_000_000]! ^= 1;
    expect(signatureOf(binary)).to.deep.include({ wrongPages: 1 });
  });
});
