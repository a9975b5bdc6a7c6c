import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { makeManifest, manifestPath } from '../../install/make-manifest.ts';

const root = join(import.meta.dirname, '../..');

describe('the manifest of commands', () => {
  it('is as the sources say: if not, run npm run manifest', async () => {
    expect(readFileSync(manifestPath(root), 'utf8')).to.equal(await makeManifest(root));
  });
});
