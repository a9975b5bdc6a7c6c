import { DatabaseSync } from 'node:sqlite';

/** One row of the durable state: an object as it is now. */
export interface ObjectRow {
  type: string;
  namespace: string;
  name: string;
  body: string;
}

/** How an object changed, as watches tell it. */
export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** One row of the history: the object after the change (for DELETED: its last state). */
export interface ChangeRow extends ObjectRow {
  revision: number;
  change: ChangeType;
}

/** The SQLite file: objects, a window of history, and the last revision. */
export interface Database {
  readonly revision: number;
  objects(): Iterable<ObjectRow>;
  history(): Iterable<ChangeRow>;
  /** Commits one change; when it returns, the change survives the death of this process. */
  commit(row: ChangeRow): void;
  /** Forgets history up to and with `revision`. */
  forget(revision: number): void;
  close(): void;
}

const SCHEMA = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA busy_timeout = 2000;
  CREATE TABLE IF NOT EXISTS objects (
    type TEXT, namespace TEXT, name TEXT, body TEXT,
    PRIMARY KEY (type, namespace, name)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS history (
    revision INTEGER PRIMARY KEY, change TEXT, type TEXT, namespace TEXT, name TEXT, body TEXT
  );
  CREATE TABLE IF NOT EXISTS counter (id INTEGER PRIMARY KEY CHECK (id = 1), revision INTEGER);
  INSERT OR IGNORE INTO counter VALUES (1, 1);
`;

/** Opens (and makes) the file and holds it: another process that opens it gets "database is locked". */
export function openDatabase(file: string): Database {
  const db = new DatabaseSync(file);
  db.exec(SCHEMA);
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  const put = db.prepare('INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?)');
  const remove = db.prepare('DELETE FROM objects WHERE type = ? AND namespace = ? AND name = ?');
  const log = db.prepare('INSERT INTO history VALUES (?, ?, ?, ?, ?, ?)');
  const count = db.prepare('UPDATE counter SET revision = ?');
  const forget = db.prepare('DELETE FROM history WHERE revision <= ?');
  return {
    // the counter is written when history is forgotten; until then history has the last revision
    revision: (
      db
        .prepare(
          'SELECT max(coalesce((SELECT max(revision) FROM history), 0), (SELECT revision FROM counter)) AS revision',
        )
        .get() as { revision: number }
    ).revision,
    objects: () => db.prepare('SELECT * FROM objects').iterate() as Iterable<unknown> as Iterable<ObjectRow>,
    history: () =>
      db.prepare('SELECT * FROM history ORDER BY revision').iterate() as Iterable<unknown> as Iterable<ChangeRow>,
    commit({ type, namespace, name, body, revision, change }) {
      begin.run();
      try {
        if (change === 'DELETED') remove.run(type, namespace, name);
        else put.run(type, namespace, name, body);
        log.run(revision, change, type, namespace, name, body);
        commit.run();
      } catch (error) {
        rollback.run();
        throw error;
      }
    },
    forget(revision) {
      count.run(revision);
      forget.run(revision);
    },
    close: () => db.close(),
  };
}
