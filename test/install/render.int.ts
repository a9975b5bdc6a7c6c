import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { render } from '../../install/render.ts';
import { requireKubectl } from '../acceptance/harness/kubectl.ts';
import { objectsOf, ROOT } from './objects.ts';

describe('the rendered files of install/', () => {
  requireKubectl();

  it('are as `npm run render` would write them', async () => {
    const files = await render();
    expect([...files.keys()]).to.include('install/install.yaml');
    // compared as objects: kubectl's versions differ in the order of keys
    for (const [path, text] of files) {
      expect(objectsOf(readFileSync(join(ROOT, path), 'utf8')), path).to.deep.equal(objectsOf(text));
    }
  });
});
