import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { LogStore } from '../../../../../agents/local/node/logs/log-store.ts';
import { read } from './logs.ts';

describe('a log on a disk that is full', () => {
  let dir: string;
  let isMounted = false;
  before(function () {
    dir = mkdtempSync(join(tmpdir(), 'krt-disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dir], { stdio: 'ignore' });
      isMounted = true;
    } catch {
      // biome-ignore lint/suspicious/noConsole: a skip says why
      console.log('      skipped: no file system can be mounted here');
      this.skip();
    }
  });
  after(() => {
    if (isMounted) execFileSync('umount', [dir]);
    rmSync(dir, { recursive: true });
  });

  it('tells so, keeps what it has whole, and goes on when there is room again', async () => {
    const logs = new LogStore(
      uid => join(dir, uid),
      () => Date.parse('2026-01-01T00:00:00Z'),
    );
    const log = logs.start('u', 'main', 0);
    const fill = join(dir, 'fill');
    log.write('stdout', Buffer.from('before\n'));
    writeFileSync(fill, 'x'.repeat(40_000));
    let failures = 0;
    for (let i = 0; i < 5; i++) {
      try {
        log.write('stdout', Buffer.from(`${'y'.repeat(10_000)}\n`));
      } catch (error) {
        expect(error).to.include({ code: 'ENOSPC' });
        failures += 1;
      }
    }
    expect(failures).to.be.at.least(1);
    rmSync(fill);
    log.write('stdout', Buffer.from('after\n'));
    log.close();
    const lines = (await read(logs)).trimEnd().split('\n');
    expect(lines.map(line => (line.startsWith('y') ? line.length : line))).to.deep.equal([
      'before',
      ...Array(5 - failures).fill(10_000),
      'after',
    ]);
    expect(await read(logs, { follow: true })).to.equal(`${lines.join('\n')}\n`);
  });
});
