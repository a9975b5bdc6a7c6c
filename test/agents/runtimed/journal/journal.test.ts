import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Attempt, AttemptResult } from '../../../../agents/runtimed/attempt.ts';
import { openJournal } from '../../../../agents/runtimed/journal/journal.ts';
import { encodeRecord, type JournalRecord, replayJournal } from '../../../../agents/runtimed/journal/records.ts';

const attempt = (id: string): Attempt => ({
  id,
  uid: 'u',
  name: 'a',
  namespace: 'default',
  runtime: 'bash',
  attempt: 1,
  startedAt: 1,
});
const result: AttemptResult = { reason: 'Completed', exitCode: 0, endedAt: 2, lines: 1 };
const started = (id: string): JournalRecord => ({ type: 'started', attempt: attempt(id) });
const ended = (id: string): JournalRecord => ({ type: 'result', id, result });
const done = (id: string): JournalRecord => ({ type: 'done', id });

const REPLAYS: [what: string, records: JournalRecord[], torn: string, open: string[], broken: number][] = [
  ['nothing', [], '', [], 0],
  ['what was started', [started('a.1'), started('b.1')], '', ['a.1', 'b.1'], 0],
  ['not what is done', [started('a.1'), ended('a.1'), done('a.1'), started('b.1')], '', ['b.1'], 0],
  ['nothing for a result without a start', [ended('a.1')], '', [], 0],
  ['all before a torn line', [started('a.1')], '{"type":"done","id":"a', ['a.1'], 1],
  ['all around a line of zeros', [started('a.1')], '\0\0\0\n', ['a.1'], 1],
  ['all around a line that is something else', [started('a.1')], '{"type":"done"}\nnull\n7\n', ['a.1'], 3],
  ['a start that follows a done of the same id', [started('a.1'), done('a.1'), started('a.1')], '', ['a.1'], 0],
];

describe('the journal', () => {
  for (const [what, records, torn, open, broken] of REPLAYS) {
    it(`replays ${what}`, () => {
      const replay = replayJournal(records.map(encodeRecord).join('') + torn);
      expect([...replay.open.keys()]).to.deep.equal(open);
      expect(replay.broken).to.equal(broken);
    });
  }

  it('replays every prefix of itself without an error', () => {
    const text = [started('a.1'), ended('a.1'), done('a.1')].map(encodeRecord).join('');
    for (let length = 0; length <= text.length; length++) {
      const { open, broken } = replayJournal(text.slice(0, length));
      expect(broken).to.be.at.most(1);
      expect(open.size).to.be.at.most(1);
    }
  });

  describe('on disk', () => {
    let dir: string;
    beforeEach(() => {
      dir = mkdtempSync(join(tmpdir(), 'krt-journal-'));
    });
    afterEach(() => rmSync(dir, { recursive: true }));
    const file = () => join(dir, 'journal');
    /** Ids of the attempts that a restart finds. */
    const leftOpen = async () => {
      const journal = await openJournal(dir);
      await journal.close();
      return journal.left.map(entry => entry.attempt.id);
    };

    it('takes a record as soon as the one before is done', async () => {
      const journal = await openJournal(dir);
      for (const id of ['a.1', 'b.1', 'c.1']) await journal.append(started(id));
      await journal.close();
      expect(await leftOpen()).to.deep.equal(['a.1', 'b.1', 'c.1']);
    });

    it('keeps what is open over a restart, and drops what is done', async () => {
      const first = await openJournal(dir);
      await Promise.all(
        [started('a.1'), ended('a.1'), started('b.1'), done('b.1')].map(record => first.append(record)),
      );
      await first.close();
      const second = await openJournal(dir);
      expect(second.left).to.deep.equal([{ attempt: attempt('a.1'), result }]);
      await second.close();
      expect(readFileSync(file(), 'utf8')).not.to.contain('b.1');
    });

    it('goes on behind a torn line', async () => {
      writeFileSync(file(), encodeRecord(started('a.1')));
      appendFileSync(file(), '{"type":"do');
      const journal = await openJournal(dir);
      expect(journal.broken).to.equal(1);
      await journal.append(started('b.1'));
      await journal.close();
      expect(await leftOpen()).to.deep.equal(['a.1', 'b.1']);
    });

    it('drops what is done while it runs, once the file has grown', async () => {
      const journal = await openJournal(dir);
      await journal.append(started('keep.1'));
      for (let i = 0; i < 30; i++) {
        const burst = Array.from({ length: 500 }, (_, n) => `x${i}-${n}.1`);
        await Promise.all(burst.flatMap(id => [journal.append(started(id)), journal.append(done(id))]));
      }
      await journal.close();
      expect(readFileSync(file()).length).to.be.below(1.5 * 1024 * 1024);
      expect(await leftOpen()).to.deep.equal(['keep.1']);
    });
  });
});
