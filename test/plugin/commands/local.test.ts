import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import LocalDown from '../../../plugin/commands/local/down.ts';
import LocalStatus from '../../../plugin/commands/local/status.ts';
import LocalUp from '../../../plugin/commands/local/up.ts';
import { runCommand } from '../harness.ts';

describe('krt local as commands', () => {
  let krtHome: string;
  beforeEach(() => {
    krtHome = mkdtempSync(join(tmpdir(), 'krt-'));
  });
  afterEach(() => rmSync(krtHome, { recursive: true }));

  it('status tells that it is down, and exits so', async () => {
    const text = await runCommand(LocalStatus, [], { krtHome });
    expect(text).to.deep.include({
      exitCode: 69,
      stdout: 'the embedded default is down; start it with: krt local up\n',
      stderr: '',
    });
    const yaml = await runCommand(LocalStatus, ['-o', 'yaml'], { krtHome });
    expect(yaml).to.deep.include({ exitCode: 69, stdout: 'up: false\n', result: { up: false } });
  });

  it('down is content where it is down', async () => {
    const outcome = await runCommand(LocalDown, [], { krtHome });
    expect(outcome).to.deep.include({
      exitCode: 0,
      stdout: 'the embedded default was down already\n',
      result: { wasUp: false },
    });
  });

  it('down deletes nothing of another folder', async () => {
    writeFileSync(join(krtHome, 'file'), '');
    const { exitCode, stdout, stderr } = await runCommand(LocalDown, ['--delete'], { krtHome });
    expect({ exitCode, stdout }).to.deep.equal({ exitCode: 64, stdout: '' });
    expect(stderr).to.equal(
      `error: ${krtHome} is not the folder of an embedded default: it has no krt.db\nnothing was deleted\n`,
    );
  });

  for (const [title, Class, args, stderr] of [
    [
      'a Runtime that there is not',
      LocalUp,
      ['--runtime', 'bsah'],
      'error: --runtime: there is no built-in Runtime "bsah"\ndid you mean bash?\n',
    ],
    ['a word', LocalUp, ['now'], undefined],
    ['a format that needs a list', LocalUp, ['-o', 'wide'], undefined],
    ['a grace that is none', LocalDown, ['--grace', 'soon'], undefined],
  ] as const) {
    it(`refuses ${title}`, async () => {
      const outcome = await runCommand(Class, [...args], { krtHome });
      expect(outcome).to.deep.include({ exitCode: 64, stdout: '' });
      if (stderr !== undefined) expect(outcome.stderr).to.equal(stderr);
      else expect(outcome.stderr).to.match(/^error: /);
    });
  }
});
