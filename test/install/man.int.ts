import { globSync } from 'node:fs';
import { expect } from 'chai';
import { MAN_FOLDER } from '../../install/reference/man.ts';
import { run } from '../acceptance/harness/cli.ts';
import { ROOT } from './objects.ts';

const PAGES = globSync(`${MAN_FOLDER}/*.1`, { cwd: ROOT }).sort();

/** A program of this machine; undefined where it has none of that name. */
async function tool(name: string, args: readonly string[]) {
  const env = { PATH: process.env['PATH'], LANG: 'C.UTF-8', MANWIDTH: '80' };
  return run(name, args, { cwd: ROOT, env }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
}

describe('the man pages, rendered', () => {
  it('are well-formed to mandoc', async function () {
    const result = await tool('mandoc', ['-Tlint', ...PAGES]);
    if (!result) this.skip();
    // the pages of one version are the same whenever they are made, so they have no date
    const faults = result.stdout.split('\n').filter(line => line !== '' && !line.includes('missing date'));
    expect(faults).to.deep.equal([]);
  });

  it('are well-formed to groff', async function () {
    const result = await tool('groff', ['-ww', '-man', '-Tutf8', ...PAGES]);
    if (!result) this.skip();
    expect([result.stderr, result.code]).to.deep.equal(['', 0]);
  });

  it('show a reader what a command does, its flags and its examples as they are typed', async function () {
    const result =
      (await tool('mandoc', ['-Tascii', 'docs/man/krt-run.1'])) ?? (await tool('man', ['docs/man/krt-run.1']));
    if (!result) this.skip();
    const shown = result.stdout.replace(/.\x08/g, '');
    expect(shown).to.include('krt-run - run a program, with its output and exit code');
    expect(shown).to.match(/ -r, --runtime=name\n +the Runtime that executes it\n/);
    expect(shown).to.include("krt run -r bash -c 'echo hello'\n");
  });
});
