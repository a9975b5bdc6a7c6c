import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { requireKubectl } from '../../acceptance/harness/kubectl.ts';
import { FAILURES, RESULTS } from './cases.ts';
import { SAMPLE } from './sample.ts';

describe('the table of templates, asked of the real kubectl', function () {
  // which is started for each of them, one after another
  this.timeout(120_000);
  requireKubectl();
  const dir = mkdtempSync(join(tmpdir(), 'krt-jsonpath-'));
  const file = join(dir, 'sample.json');
  before(() => writeFileSync(file, JSON.stringify(SAMPLE)));
  after(() => rmSync(dir, { recursive: true }));

  /** An empty patch of a local file asks no server. */
  const kubectl = (template: string) => {
    const args = ['patch', '--local', '-f', file, '--type', 'merge', '-p', '{}', '-o', `jsonpath=${template}`];
    return spawnSync('kubectl', args, { encoding: 'utf8' });
  };

  it('gives the same results', () => {
    const theirs = RESULTS.map(([template]) => [template, kubectl(template).stdout]);
    expect(theirs).to.deep.equal(RESULTS);
  });

  it('fails where krt fails, for the same reason', () => {
    for (const [template, message] of FAILURES) {
      const { status, stderr } = kubectl(template);
      expect(status, template).to.equal(1);
      // krt has no names of Go types, and writes a character as it is
      const reason = message.replace(/^a value of type \w+ /, '').replace(/'.'$/, '');
      expect(stderr, template).to.include(reason);
    }
  });
});
