import { appendFileSync } from 'node:fs';
import Mocha from 'mocha';

/** mocha's reporter of specs; where KRT_TEST_RESULTS names a file, it adds a line of counts to it, for .ci/run to sum up. */
// biome-ignore lint/style/noDefaultExport: how mocha takes a reporter
export default class Reporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const file = process.env['KRT_TEST_RESULTS'];
    if (!file) return;
    runner.once('end', () => {
      const { passes: passed, failures: failed, pending } = runner.stats!;
      appendFileSync(file, `${JSON.stringify({ passed, failed, pending })}\n`);
    });
  }
}
