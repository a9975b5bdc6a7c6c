import { appendFileSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { PodLogQuery } from '../../../../../agents/local/api/index.ts';
import type { ContainerLog } from '../../../../../agents/local/node/logs/container-log.ts';
import type { LogStore } from '../../../../../agents/local/node/logs/log-store.ts';
import { settle } from '../../../../fakes/clock.ts';
import { makeLogs, question, read } from './logs.ts';

const write = (log: ContainerLog, text: string, stream: 'stdout' | 'stderr' = 'stdout') =>
  log.write(stream, Buffer.from(text, 'latin1'));

/** Lines `1` to `count`. */
const lines = (count: number, first = 1) => Array.from({ length: count }, (_, i) => `${first + i}\n`).join('');

describe('the logs of containers', () => {
  let world: ReturnType<typeof makeLogs>;
  let logs: LogStore;
  beforeEach(() => {
    world = makeLogs();
    logs = world.logs;
  });
  afterEach(() => world.remove());

  /** A log of these lines, one a second from midnight on. */
  async function logOf(...texts: string[]): Promise<ContainerLog> {
    const log = logs.start('u', 'main', 0);
    for (const text of texts) {
      write(log, text);
      await world.clock.advance(1000);
    }
    return log;
  }

  it('give back what was written, on either stream, in order', async () => {
    const log = logs.start('u', 'main', 0);
    write(log, 'one\n');
    write(log, 'two\n', 'stderr');
    write(log, 'thr');
    write(log, 'four\n', 'stderr');
    write(log, 'ee\n\0\xff\n');
    expect(await read(logs)).to.equal('one\ntwo\nfour\nthree\n\0\xff\n');
  });

  it('end a last line without a newline as it was', async () => {
    const log = await logOf('one\ntwo');
    expect(await read(logs)).to.equal('one\n');
    log.close();
    log.close();
    expect(await read(logs)).to.equal('one\ntwo');
  });

  it('join a long line that was parted', async () => {
    const long = 'x'.repeat(100_000);
    await logOf(`${long}\nshort\n`);
    expect(await read(logs)).to.equal(`${long}\nshort\n`);
    expect(await read(logs, { timestamps: true })).to.equal(
      `2026-01-01T00:00:00.000000000Z ${long}\n2026-01-01T00:00:00.000000000Z short\n`,
    );
  });

  it('are files of the owner alone', async () => {
    await logOf('one\n');
    expect(statSync(join(world.dir, 'u/main')).mode & 0o777).to.equal(0o700);
    expect(statSync(join(world.dir, 'u/main/0.0.log')).mode & 0o777).to.equal(0o600);
  });

  for (const [title, query, text] of [
    ['the last lines', { tailLines: 2 }, '3\n4\n'],
    ['no line', { tailLines: 0 }, ''],
    ['all lines where there are fewer', { tailLines: 9 }, '1\n2\n3\n4\n'],
    ['what is not older', { sinceMs: Date.parse('2026-01-01T00:00:02Z') }, '3\n4\n'],
    ['nothing where all is older', { sinceMs: Date.parse('2026-01-02T00:00:00Z') }, ''],
    ['the first bytes', { limitBytes: 3 }, '1\n2'],
    ['the first bytes of the last lines', { limitBytes: 3, tailLines: 2 }, '3\n4'],
    ['times', { tailLines: 1, timestamps: true }, '2026-01-01T00:00:03.000000000Z 4\n'],
  ] as const) {
    it(`show ${title}`, async () => {
      await logOf('1\n', '2\n', '3\n', '4\n');
      expect(await read(logs, query)).to.equal(text);
    });
  }

  describe('when followed', () => {
    /** Reads in the background; `text` is what has come so far. */
    function follow(more: Partial<PodLogQuery> = {}) {
      const stop = new AbortController();
      const reader = { text: '', stop: () => stop.abort(), over: Promise.resolve() };
      reader.over = (async () => {
        for await (const chunk of logs.read(question({ follow: true, signal: stop.signal, ...more })))
          reader.text += Buffer.from(chunk).toString('latin1');
      })();
      const shows = async (text: string) => {
        while (reader.text !== text) await settle();
      };
      return Object.assign(reader, { shows });
    }

    it('show what comes, and end with the container', async () => {
      const log = await logOf('one\n');
      const reader = follow();
      await reader.shows('one\n');
      write(log, 'two\n');
      await reader.shows('one\ntwo\n');
      write(log, 'three');
      log.close();
      await reader.over;
      expect(reader.text).to.equal('one\ntwo\nthree');
    });

    it('begin with the last lines', async () => {
      const log = await logOf(lines(5));
      const [some, none] = [follow({ tailLines: 1 }), follow({ tailLines: 0 })];
      await some.shows('5\n');
      write(log, '6\n');
      await some.shows('5\n6\n');
      await none.shows('6\n');
      log.close();
      await Promise.all([some.over, none.over]);
    });

    it('end when nobody reads any more', async () => {
      await logOf('one\n');
      const reader = follow();
      await reader.shows('one\n');
      reader.stop();
      await reader.over;
    });

    it('end at once where the container has ended', async () => {
      (await logOf('one\n')).close();
      const reader = follow();
      await reader.over;
      expect(reader.text).to.equal('one\n');
    });

    it('lose and repeat nothing over files that are full', async () => {
      world.remove();
      world = makeLogs({ fileBytes: 500, files: 1000 });
      logs = world.logs;
      const log = logs.start('u', 'main', 0);
      const readers = Array.from({ length: 3 }, () => follow());
      for (let i = 0; i < 100; i++) {
        write(log, lines(7, 7 * i + 1));
        if (i % 3 === 0) await settle();
      }
      log.close();
      for (const reader of readers) {
        await reader.over;
        expect(reader.text).to.equal(lines(700));
      }
    });
  });

  describe('of earlier instances', () => {
    const start = (instance: number, text: string) => {
      const log = logs.start('u', 'main', instance);
      write(log, text);
      return log;
    };

    it('are there for the instance before, and for no other', async () => {
      start(0, 'first\n').close();
      expect(await read(logs)).to.equal('first\n');
      start(1, 'second\n').close();
      start(2, 'third\n');
      expect(await read(logs)).to.equal('third\n');
      expect(await read(logs, { previous: true })).to.equal('second\n');
      expect(await read(logs, { previous: true, follow: true }), 'it ended long ago').to.equal('second\n');
      expect(readdirSync(join(world.dir, 'u/main'))).to.deep.equal(['1.0.log', '2.0.log']);
    });

    it('are of the one that has just ended while another is waited for', async () => {
      start(0, 'first\n').close();
      start(1, 'second\n').close();
      expect(await read(logs, { previous: true }), 'it may be the last').to.equal('first\n');
      logs.retire('u', 'main');
      expect(await read(logs, { previous: true })).to.equal('second\n');
      expect(await read(logs)).to.equal('second\n');
      start(2, 'third\n');
      expect(await read(logs, { previous: true })).to.equal('second\n');
    });

    it('are read after a restart of the node too', async () => {
      start(0, 'first\n').close();
      start(1, 'second\nopen');
      const later = world.open();
      expect(await read(later)).to.equal('second\n');
      expect(await read(later, { previous: true })).to.equal('first\n');
      expect(await read(later, { tailLines: 1, timestamps: true })).to.equal('2026-01-01T00:00:00.000000000Z second\n');
    });

    it('leave nothing of an instance whose number was told to nobody', async () => {
      start(1, 'lost\n').close();
      start(1, 'new\n');
      expect(await read(logs)).to.equal('new\n');
    });

    for (const [title, more, message] of [
      ['has not started', {}, 'container "main" in pod "p" is waiting to start: ContainerCreating'],
      ['has no previous instance', { previous: true }, 'previous terminated container "main" in pod "p" not found'],
    ] as const) {
      it(`are refused of a container that ${title}`, async () => {
        const error = await read(logs, more).catch((error: unknown) => error);
        expect(error).to.include({ name: 'PodLogError', message });
      });
    }

    it('are forgotten with the Pod', async () => {
      start(0, 'first\n').close();
      logs.forget('u');
      rmSync(join(world.dir, 'u'), { recursive: true });
      expect(await read(logs).catch((error: Error) => error.name)).to.equal('PodLogError');
    });
  });

  describe('of a flood', () => {
    beforeEach(() => {
      world.remove();
      world = makeLogs({ fileBytes: 1000, files: 3 });
      logs = world.logs;
    });

    it('keep the newest files', async () => {
      const log = logs.start('u', 'main', 0);
      for (let i = 1; i <= 1000; i++) write(log, `${i}\n`);
      const kept = await read(logs);
      expect(kept.endsWith('999\n1000\n')).to.equal(true);
      expect(kept).to.equal(lines(kept.split('\n').length - 1, Number(kept.split('\n', 1)[0])));
      expect(readdirSync(join(world.dir, 'u/main'))).to.have.length(3);
      expect(await read(logs, { tailLines: 40 }), 'over more than one file').to.equal(lines(40, 961));
      expect(await read(logs, { tailLines: 900 }), 'more than there are').to.equal(kept);
    });

    it('go on with the next file for a reader who is behind', async () => {
      const log = logs.start('u', 'main', 0);
      write(log, '1\n');
      const reader = logs.read(question({ follow: true }))[Symbol.asyncIterator]();
      expect(String(Buffer.from((await reader.next()).value!))).to.equal('1\n');
      for (let i = 2; i <= 1000; i++) write(log, `${i}\n`);
      log.close();
      let rest = '';
      for (let next = await reader.next(); !next.done; next = await reader.next()) rest += Buffer.from(next.value);
      const numbers = rest.trimEnd().split('\n').map(Number);
      expect(numbers[0]).to.equal(2);
      expect(numbers.at(-1)).to.equal(1000);
      expect(numbers).to.deep.equal(numbers.toSorted((a, b) => a - b));
      expect(new Set(numbers).size, 'none twice').to.equal(numbers.length);
    });
  });

  it('find the last lines far behind long ones', async () => {
    const long = 'x'.repeat(200_000);
    await logOf(`first\n${long}\nlast\n`);
    expect(await read(logs, { tailLines: 1 })).to.equal('last\n');
    // as with containerd, the parts of a long line count as lines
    expect(await read(logs, { tailLines: 100 })).to.equal(`first\n${long}\nlast\n`);
  });

  it('end where somebody has cut the file, and skip what a cut has left of a record', async () => {
    await logOf('one\n', 'two\n');
    const file = join(world.dir, 'u/main/0.0.log');
    truncateSync(file, 50);
    expect(await read(logs, { follow: true })).to.equal('one\n');
    appendFileSync(file, '\n');
    const later = world.open();
    expect(await read(later)).to.equal('one\n');
  });
});
