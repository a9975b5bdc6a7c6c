import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import type { Change } from '../../../../../agents/local/api/store/history.ts';
import { Store } from '../../../../../agents/local/api/store/store.ts';
import { makeObject, useFolder } from '../harness.ts';

const TYPE = '/configmaps';
const map = (name: string, value = '1', namespace = 'default') =>
  makeObject('ConfigMap', name, { data: { value } }, { namespace });
const told = ({ type, stored, before }: Change) => [type, stored.name, before?.object['data'] ?? null];

describe('the store', () => {
  const folder = useFolder();
  const file = () => join(folder.path, 'state.db');

  function withStore<T>(use: (store: Store) => T, limits?: ConstructorParameters<typeof Store>[1]): T {
    const store = new Store(file(), limits);
    try {
      return use(store);
    } finally {
      store.close();
    }
  }

  it('gives each write a revision of its own, one above the last', () => {
    withStore(store => {
      const first = store.put(TYPE, map('a')).revision;
      expect(store.put(TYPE, map('b')).revision).to.equal(first + 1);
      expect(store.remove(store.get(TYPE, 'default', 'a')!).revision).to.equal(first + 2);
      expect(store.revision).to.equal(first + 2);
      expect(store.get(TYPE, 'default', 'b')?.object.metadata.resourceVersion).to.equal(String(first + 1));
    });
  });

  it('lists in the order of namespace and name', () => {
    withStore(store => {
      for (const [name, namespace] of [
        ['b', 'x'],
        ['a', 'x'],
        ['c', 'a'],
      ] as const)
        store.put(TYPE, map(name, '1', namespace));
      expect(store.list(TYPE).map(({ namespace, name }) => `${namespace}/${name}`)).to.deep.equal([
        'a/c',
        'x/a',
        'x/b',
      ]);
      expect(store.list(TYPE, 'x').map(({ name }) => name)).to.deep.equal(['a', 'b']);
      expect(store.list('/none')).to.deep.equal([]);
      expect(store.types()).to.deep.equal([TYPE]);
    });
  });

  it('tells each change once, after it is stored, with the object before', () => {
    withStore(store => {
      const changes: unknown[] = [];
      const all: unknown[] = [];
      const end = store.subscribe(TYPE, change => {
        // what is told can be read
        const now = store.get(TYPE, 'default', change.stored.name);
        expect(now?.json).to.equal(change.type === 'DELETED' ? undefined : change.stored.json);
        changes.push(told(change));
      });
      store.subscribe(undefined, change => all.push(told(change)));
      store.put(TYPE, map('a'));
      store.put('/secrets', map('s'));
      store.put(TYPE, map('a', '2'));
      store.remove(store.get(TYPE, 'default', 'a')!);
      end();
      store.put(TYPE, map('b'));
      expect(changes).to.deep.equal([
        ['ADDED', 'a', null],
        ['MODIFIED', 'a', { value: '1' }],
        ['DELETED', 'a', { value: '2' }],
      ]);
      expect(all).to.have.length(5);
    });
  });

  it('knows what changed since a revision, also after it is opened again', () => {
    const start = withStore(store => {
      const at = store.revision;
      store.put(TYPE, map('a'));
      store.put(TYPE, map('a', '2'));
      store.remove(store.get(TYPE, 'default', 'a')!);
      return at;
    });
    const expected = [
      ['ADDED', 'a', null],
      ['MODIFIED', 'a', { value: '1' }],
      ['DELETED', 'a', { value: '2' }],
    ];
    withStore(store => {
      expect(store.since(start)?.map(told)).to.deep.equal(expected);
      expect(store.since(start + 2)?.map(told)).to.deep.equal(expected.slice(2));
      expect(store.since(start + 3)).to.deep.equal([]);
      expect(store.since(start - 1)).to.equal(undefined);
      expect(store.revision).to.equal(start + 3);
    });
  });

  it('lists what was there at a revision that it knows', () => {
    withStore(store => {
      const names = (at: number) =>
        store
          .listAt(at, TYPE, 'default')
          ?.map(({ name, object }) => [name, (object['data'] as { value: string }).value]);
      const start = store.revision;
      store.put(TYPE, map('b'));
      store.put(TYPE, map('a'));
      store.put(TYPE, map('b', '2'));
      store.put('/secrets', map('s'));
      store.remove(store.get(TYPE, 'default', 'a')!);
      expect([0, 1, 2, 3, 4, 5].map(n => names(start + n))).to.deep.equal([
        [],
        [['b', '1']],
        [
          ['a', '1'],
          ['b', '1'],
        ],
        [
          ['a', '1'],
          ['b', '2'],
        ],
        [
          ['a', '1'],
          ['b', '2'],
        ],
        [['b', '2']],
      ]);
      expect(names(start - 1)).to.equal(undefined);
      expect(names(start + 6)).to.equal(undefined);
    });
  });

  for (const [what, limits] of [
    ['changes', { changes: 8, characters: 1_000_000 }],
    ['characters', { changes: 1000, characters: 1500 }],
  ] as const) {
    it(`forgets the oldest changes above the limit of ${what}, in memory and on disk`, () => {
      const oldest = withStore(store => {
        for (let n = 0; n < 40; n++) store.put(TYPE, map('a', String(n)));
        expect(store.oldest).to.be.within(store.revision - 10, store.revision - 1);
        expect(store.since(store.oldest - 1)).to.equal(undefined);
        const kept = store.since(store.oldest)!;
        expect(kept.map(({ revision }) => revision)).to.deep.equal(kept.map((_, index) => store.oldest + 1 + index));
        return store.oldest;
      }, limits);
      withStore(store => {
        expect(store.oldest).to.equal(oldest);
        // the object before the first change that is left is not known any more: nothing is made up
        expect(store.since(oldest)![0]!.before).to.equal(undefined);
        expect(store.listAt(oldest, TYPE)).to.equal(undefined);
        expect(store.get(TYPE, 'default', 'a')?.object['data']).to.deep.equal({ value: '39' });
      }, limits);
    });
  }

  it('goes on counting where all but the last change is forgotten', () => {
    const limits = { changes: 1000, characters: 1 };
    const last = withStore(store => [1, 2, 3].map(n => store.put(TYPE, map('a', String(n))).revision).at(-1)!, limits);
    withStore(store => {
      expect([store.revision, store.oldest]).to.deep.equal([last, last - 1]);
      expect(store.put(TYPE, map('a', '4')).revision).to.equal(last + 1);
    }, limits);
  });

  it('changes nothing where a write can not be stored', () => {
    withStore(store => {
      store.put(TYPE, map('a'));
      const { revision } = store;
      const changes: Change[] = [];
      store.subscribe(TYPE, change => changes.push(change));
      expect(() => store.put(TYPE, map('a', 'x'.repeat(2 * 1024 * 1024)))).to.throw('too large');
      expect([store.revision, changes.length, store.get(TYPE, 'default', 'a')?.object['data']]).to.deep.equal([
        revision,
        0,
        { value: '1' },
      ]);
      expect(store.put(TYPE, map('a', '2')).revision).to.equal(revision + 1);
    });
  });

  it('is one process’s own, and for this user alone', () => {
    withStore(store => {
      store.put(TYPE, map('a'));
      expect(statSync(file()).mode & 0o777).to.equal(0o600);
      expect(() => new Store(file())).to.throw(`${file()} is in use by another process`);
    });
  });

  it('refuses a file that it does not understand, and leaves it alone', () => {
    writeFileSync(file(), 'this is no database, whatever its name says'.repeat(100));
    const before = readFileSync(file());
    expect(() => new Store(file())).to.throw('not a database');
    expect(readFileSync(file()).equals(before)).to.equal(true);
  });

  it('refuses a file of a newer version', () => {
    withStore(() => undefined);
    const db = new DatabaseSync(file());
    db.exec('PRAGMA user_version = 99');
    db.close();
    expect(() => new Store(file())).to.throw('was written by a newer version of krt');
  });
});
