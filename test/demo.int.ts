import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type StartOptions, start } from './acceptance/harness/cli.ts';
import { cleanEnv } from './acceptance/harness/embedded.ts';
import { processesWith } from './acceptance/harness/processes.ts';
import { DEADLINE_MS, ROOT } from './acceptance/harness/settings.ts';

describe('npm run demo', function () {
  this.timeout(2 * DEADLINE_MS);
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'krt-'));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  function startDemo(options: StartOptions = {}) {
    const env = { ...cleanEnv(home), TMPDIR: home };
    return start(process.execPath, [join(ROOT, 'install/demo.ts')], { env, deadlineMs: 2 * DEADLINE_MS, ...options });
  }

  function nothingIsLeft(): void {
    expect(processesWith(home)).to.deep.equal([]);
    expect(readdirSync(home).filter(name => name.startsWith('krt-demo-'))).to.deep.equal([]);
    expect(existsSync(join(home, '.krt'))).to.equal(false);
  }

  it('runs a script on a Runtime of the embedded default, and leaves nothing', async () => {
    const { code, stdout, stderr } = await startDemo().done;
    expect(code, stderr).to.equal(0);
    const shown = [
      '$ krt local up --runtime bash\nthe embedded default is up',
      '$ krt run -r bash -f install/samples/primes.sh --name primes -- 40000\nprime number 500 is 3571\n',
      '4203 primes up to 40000\n# exit code 0, after ',
      '{"largest":"39989","primes":"4203"}\n',
      '$ krt run -r bash -c \'echo "nothing to do" >&2; exit 3\'\n# exit code 3, after ',
      '$ krt list\nNAME ',
      '$ krt local down\nthe embedded default is down\n',
      '\nWhat next, in this folder:\n  npx krt local up --runtime bash ',
    ];
    let place = 0;
    for (const text of shown) {
      const found = stdout.indexOf(text, place);
      expect(found, `${text}\nin\n${stdout}`).to.be.at.least(place);
      place = found + text.length;
    }
    expect(stderr).to.include('nothing to do\n');
    nothingIsLeft();
  });

  it('leaves nothing either when it is interrupted', async () => {
    const demo = startDemo();
    await demo.shows('prime number 500 is');
    demo.child.kill('SIGINT');
    const { code, stdout } = await demo.done;
    expect(code).to.equal(130);
    expect(stdout).to.include('$ krt local down\nthe embedded default is down\n');
    expect(stdout).to.not.include('What next');
    nothingIsLeft();
  });
});
