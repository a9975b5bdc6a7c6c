import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** One row of the durable state: an object as it is now. */
export interface ObjectRow {
  readonly type: string;
  readonly namespace: string;
  readonly name: string;
  readonly body: string;
}

/** How an object changed, as watches tell it. */
export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** One row of the history: the object after the change (for DELETED: its last state). */
export interface ChangeRow extends ObjectRow {
  readonly revision: number;
  readonly change: ChangeType;
}

/** The SQLite file: objects, and a window of history that ends with the last write. */
export interface Database {
  objects(): Iterable<ObjectRow>;
  /** In the order of revisions. */
  history(): Iterable<ChangeRow>;
  /**
   * Commits one change, and forgets history up to and with `forgotten`, all or nothing. When it returns, the change
   * survives the death of this process.
   */
  commit(row: ChangeRow, forgotten: number | undefined): void;
  close(): void;
}

/** Another process holds the file. */
export class FileInUseError extends Error {
  override readonly name = 'FileInUseError';
}

const LAYOUT = 1;

/**
 * WAL with synchronous=NORMAL: a commit is in the kernel's hands when it returns, so kill -9 loses nothing. A crash
 * of the machine may lose the last moments, never the file: a price that a tool for trying things need not pay in
 * milliseconds a write.
 */
const SCHEMA = `
  PRAGMA busy_timeout = 2000;
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA user_version = ${LAYOUT};
  CREATE TABLE IF NOT EXISTS objects (
    type TEXT, namespace TEXT, name TEXT, body TEXT,
    PRIMARY KEY (type, namespace, name)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS history (
    revision INTEGER PRIMARY KEY, change TEXT, type TEXT, namespace TEXT, name TEXT, body TEXT
  );
`;

/** Opens (and makes, for this user alone) the file and holds it. Throws where another process holds it. */
export function openDatabase(file: string): Database {
  closeSync(openSync(file, 'a', 0o600));
  const db = new DatabaseSync(file);
  try {
    prepareFile(db, file);
  } catch (error) {
    db.close();
    throw error;
  }
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  const put = db.prepare('INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?)');
  const remove = db.prepare('DELETE FROM objects WHERE type = ? AND namespace = ? AND name = ?');
  const log = db.prepare('INSERT INTO history VALUES (?, ?, ?, ?, ?, ?)');
  const forget = db.prepare('DELETE FROM history WHERE revision <= ?');
  return {
    objects: () => db.prepare('SELECT * FROM objects').iterate() as Iterable<unknown> as Iterable<ObjectRow>,
    history: () =>
      db.prepare('SELECT * FROM history ORDER BY revision').iterate() as Iterable<unknown> as Iterable<ChangeRow>,
    commit({ type, namespace, name, body, revision, change }, forgotten) {
      begin.run();
      try {
        if (change === 'DELETED') remove.run(type, namespace, name);
        else put.run(type, namespace, name, body);
        log.run(revision, change, type, namespace, name, body);
        if (forgotten !== undefined) forget.run(forgotten);
        commit.run();
      } catch (error) {
        // on a full disk SQLite has rolled back itself
        if (db.isTransaction) rollback.run();
        throw error;
      }
    },
    close: () => db.close(),
  };
}

function prepareFile(db: DatabaseSync, file: string): void {
  try {
    const { user_version: layout } = db.prepare('PRAGMA user_version').get() as { user_version: number };
    if (layout > LAYOUT) throw new Error(`${file} was written by a newer version of krt`);
    db.exec(SCHEMA);
  } catch (error) {
    if (!/database is locked/.test((error as Error).message)) throw error;
    throw new FileInUseError(`${file} is in use by another process`, { cause: error });
  }
}
