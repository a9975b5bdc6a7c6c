import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect } from 'chai';
import { run } from '../acceptance/harness/cli.ts';
import { type Embedded, makeEmbedded } from '../acceptance/harness/embedded.ts';
import { KRT_BIN, ROOT, TEST_TIMEOUT_MS } from '../acceptance/harness/settings.ts';
import { examplesOf, matches } from './console.ts';

for (const page of ['README.md', 'docs/runs.md']) {
  describe(`the examples of ${page}, in order`, function () {
    this.timeout(TEST_TIMEOUT_MS);
    let embedded: Embedded;
    let env: NodeJS.ProcessEnv;

    before(async () => {
      embedded = await makeEmbedded();
      const bin = join(embedded.home, 'bin');
      mkdirSync(bin);
      for (const name of ['krt', 'kubectl-krt']) symlinkSync(KRT_BIN, join(bin, name));
      env = { ...embedded.env, PATH: `${bin}${delimiter}${embedded.env['PATH']}` };
    });
    after(() => embedded.end());

    for (const example of examplesOf(readFileSync(join(ROOT, page), 'utf8'))) {
      it(`${example.line}: ${example.command}`, async () => {
        const { stdout, stderr } = await run('bash', ['-c', `exec 2>&1; ${example.command}`], { env, cwd: ROOT });
        expect(stderr).to.equal('');
        if (!matches(stdout, example)) expect(stdout).to.equal(example.output);
      });
    }
  });
}
