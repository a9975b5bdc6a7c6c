import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { type Collected, collectArtifacts } from '../../../../agents/runtimed/artifacts/collect.ts';
import { filesystemStore } from '../../../../agents/runtimed/artifacts/filesystem-store.ts';
import type { ArtifactStore } from '../../../../agents/runtimed/artifacts/store.ts';
import { ARTIFACT_TUNING, type ArtifactTuning } from '../../../../agents/runtimed/artifacts/tuning.ts';
import type { ArtifactRef } from '../../../../crds/v1alpha1/run.ts';
import { FakeClock } from '../../../fakes/clock.ts';

const OWNER = { uid: 'uid-a', attempt: 1 };

describe('artifacts', () => {
  let dir: string;
  let source: string;
  let root: string;
  let clock: FakeClock;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'krt-artifacts-'));
    [source, root] = [join(dir, 'source'), join(dir, 'root')];
    for (const path of [source, root]) mkdirSync(path);
    clock = new FakeClock();
  });
  afterEach(() => {
    expect(clock.sleeping).to.equal(0);
    rmSync(dir, { recursive: true, force: true });
  });

  const file = (path: string, content: string | Buffer = 'x') => {
    mkdirSync(join(source, path, '..'), { recursive: true });
    writeFileSync(join(source, path), content);
  };
  const collect = (
    more: { tune?: Partial<ArtifactTuning>; attempt?: number; store?: ArtifactStore; signal?: AbortSignal } = {},
  ): Promise<Collected> =>
    collectArtifacts(
      source,
      { ...OWNER, attempt: more.attempt ?? 1 },
      {
        store: 'store' in more ? more.store : filesystemStore(root),
        clock,
        tuning: { ...ARTIFACT_TUNING, ...more.tune },
        signal: more.signal ?? new AbortController().signal,
      },
    );
  const stored = ({ location }: ArtifactRef) => readFileSync(join(root, location));
  const sha256 = (data: string | Buffer) => `sha256:${createHash('sha256').update(data).digest('hex')}`;

  it('stores a file as it is, and tells all of it', async () => {
    file('report.txt', 'hello\n');
    const { refs, problem } = await collect();
    expect(problem).to.equal(undefined);
    const { location, ...rest } = refs[0]!;
    expect(rest).to.deep.equal({
      name: 'report.txt',
      type: 'file',
      driver: 'filesystem',
      sizeBytes: 6,
      digest: sha256('hello\n'),
      contentType: 'application/octet-stream',
      createdAt: `${new Date(clock.now()).toISOString().slice(0, 19)}Z`,
    });
    expect(location).to.match(/^runs\/uid-a\/1-[\w-]{22}\/report\.txt$/);
    expect(stored(refs[0]!).toString()).to.equal('hello\n');
    expect(statSync(join(root, location)).mode & 0o777).to.equal(0o600);
  });

  it('stores a directory as a tar.gz that tar reads', async () => {
    file('site/index.html', '<p>');
    file('site/a/deep/é.txt', 'deep');
    file(`site/${'n'.repeat(200)}`, Buffer.alloc(300_000, 7));
    mkdirSync(join(source, 'site/empty'));
    writeFileSync(join(source, 'site/run.sh'), '#!/bin/sh\n', { mode: 0o700 });
    const { refs } = await collect();
    expect(refs).to.have.length(1);
    expect(refs[0]).to.include({ name: 'site', type: 'directory', contentType: 'application/gzip' });
    expect(refs[0]!.digest).to.equal(sha256(stored(refs[0]!)));
    expect(refs[0]!.sizeBytes).to.equal(stored(refs[0]!).length);
    const out = join(dir, 'out');
    mkdirSync(out);
    execFileSync('tar', ['-xzf', join(root, refs[0]!.location), '-C', out]);
    execFileSync('diff', ['-r', join(source, 'site'), out]);
    expect(statSync(join(out, 'run.sh')).mode & 0o111).not.to.equal(0);
  });

  it('makes the same bytes of the same files, whatever their times, owners and order', async () => {
    const digests: string[] = [];
    for (const order of [
      ['b', 'a', 'c/d'],
      ['c/d', 'a', 'b'],
    ]) {
      rmSync(source, { recursive: true });
      for (const [i, name] of order.entries()) {
        file(`t/${name}`, name);
        utimesSync(join(source, 't', name), i, i * 1e9);
        chmodSync(join(source, 't', name), 0o600 | (i * 0o20));
      }
      digests.push((await collect()).refs[0]!.digest);
    }
    expect(digests[0]).to.equal(digests[1]);
  });

  it('stores nothing of a program that left nothing, and asks for no store', async () => {
    const store = { driver: 'filesystem', open: () => Promise.reject(new Error('opened')) } as unknown as ArtifactStore;
    expect(await collect({ store })).to.deep.equal({ refs: [] });
    rmSync(source, { recursive: true });
    expect((await collect({ store: filesystemStore(root) })).refs).to.deep.equal([]);
  });

  it('tells of artifacts for which the Runtime has no store, and does not fail', async () => {
    file('a');
    file('b');
    const { note, ...rest } = await collect({ store: undefined as unknown as ArtifactStore });
    expect(rest).to.deep.equal({ refs: [] });
    expect(note).to.equal('2 artifacts were not kept: the Runtime has no artifactStore');
  });

  const refused: [title: string, make: (path: string) => void, message: RegExp][] = [
    ['a symbolic link', path => symlinkSync('/etc/passwd', path), /bad: a symbolic link is not kept/],
    ['a link to a directory', path => symlinkSync('/etc', path), /bad: a symbolic link is not kept/],
    ['a FIFO', path => execFileSync('mkfifo', [path]), /bad: a FIFO is not kept/],
    [
      'a link deep in a directory',
      path => {
        mkdirSync(join(path, 'sub'), { recursive: true });
        symlinkSync('../../../..', join(path, 'sub/up'));
      },
      /bad: sub\/up: a symbolic link is not kept/,
    ],
    [
      'a FIFO in a directory',
      path => {
        mkdirSync(path);
        execFileSync('mkfifo', [join(path, 'pipe')]);
      },
      /bad: pipe: a FIFO is not kept/,
    ],
    [
      'a directory that is too deep',
      path => mkdirSync(`${path}/d`.padEnd(path.length + 200, '/d'), { recursive: true }),
      /64 directories deep/,
    ],
    [
      'a name in a directory that is not UTF-8',
      path => {
        mkdirSync(path);
        writeFileSync(Buffer.concat([Buffer.from(`${path}/`), Buffer.from([0xff])]), '');
      },
      /is not UTF-8/,
    ],
  ];
  for (const [title, make, message] of refused) {
    it(`refuses ${title}, and keeps the rest`, async () => {
      make(join(source, 'bad'));
      file('good', 'good');
      const { refs, problem } = await collect();
      expect(refs.map(({ name }) => name)).to.deep.equal(['good']);
      expect(problem?.reason).to.equal('ArtifactFailed');
      expect(problem?.message).to.match(message);
      // not even a part of it is there
      expect(readdirSync(join(root, refs[0]!.location, '..'))).to.deep.equal(['good']);
    });
  }

  it('refuses a name that would act on a terminal', async () => {
    file('a\u001b[2Jb');
    const { refs, problem } = await collect();
    expect(refs).to.deep.equal([]);
    expect(problem?.message).to.equal('artifacts could not be stored: the name "a\\u001b[2Jb" has control characters');
  });

  it('does not follow the directory itself when it became a link', async () => {
    rmSync(source, { recursive: true });
    symlinkSync('/etc', source);
    expect((await collect()).problem?.message).to.match(/a symbolic link is not kept/);
    rmSync(source);
    writeFileSync(source, 'x');
    expect((await collect()).problem?.message).to.match(/\$KRUNTIME_ARTIFACTS_DIR is not a directory/);
  });

  it('takes a hard link for the file that it is', async () => {
    file('a', 'same');
    linkSync(join(source, 'a'), join(source, 'b'));
    const { refs, problem } = await collect();
    expect([refs.map(({ name }) => name), problem]).to.deep.equal([['a', 'b'], undefined]);
  });

  it('keeps 32 and tells that there were more', async () => {
    for (let i = 0; i < 33; i++) file(`f${String(i).padStart(2, '0')}`);
    const { refs, problem } = await collect();
    expect(refs).to.have.length(32);
    expect(refs.at(-1)?.name).to.equal('f31');
    expect(problem?.message).to.match(/there are 33 artifacts, and at most 32 are kept$/);
  });

  it('refuses what is too large before and while it is read, and keeps the rest', async () => {
    file('big');
    truncateSync(join(source, 'big'), 1e12);
    mkdirSync(join(source, 'dir'));
    file('dir/big');
    truncateSync(join(source, 'dir/big'), 1e12);
    file('a', 'x'.repeat(100));
    file('z', 'y'.repeat(100));
    const { refs, problem } = await collect({ tune: { artifactBytes: 150, totalBytes: 180 } });
    expect(refs.map(({ name }) => name)).to.deep.equal(['a']);
    expect(problem?.message).to.equal(
      'artifacts could not be stored: big: it is larger than 150 bytes; dir: it is larger than an artifact may be; ' +
        'z: the artifacts are larger than 180 bytes in all',
    );
  });

  it('tells what the store says, and shows nothing of it', async () => {
    file('a');
    rmSync(root, { recursive: true });
    writeFileSync(root, 'no directory');
    const { refs, problem } = await collect();
    expect(refs).to.deep.equal([]);
    expect(problem?.message).to.match(/ENOTDIR/);
  });

  it('shows nothing until all is stored, and replaces what an attempt before left', async () => {
    file('a', '1');
    const first = (await collect()).refs[0]!;
    const store = filesystemStore(root);
    const seen: string[][] = [];
    const watched: ArtifactStore = {
      ...store,
      async open(owner) {
        const batch = await store.open(owner);
        return {
          async put(name, type, data) {
            const location = await batch.put(name, type, data);
            expect(await store.read(location, 0)).to.equal(undefined);
            seen.push(readdirSync(join(root, 'runs/uid-a')));
            return location;
          },
          commit: () => batch.commit(),
        };
      },
    };
    const second = (await collect({ attempt: 2, store: watched })).refs[0]!;
    expect(seen).to.have.length(1);
    expect(seen[0]).to.have.length(1);
    expect(seen[0]![0]).to.match(/^2-.*\.part$/);
    expect(existsSync(join(root, first.location))).to.equal(false);
    expect(stored(second).toString()).to.equal('1');
    rmSync(join(source, 'a'));
    expect((await collect({ attempt: 3 })).refs).to.deep.equal([]);
    expect(existsSync(join(root, second.location))).to.equal(false);
  });

  it('gives up on a store that hangs', async () => {
    file('a');
    const store = { ...filesystemStore(root), open: () => new Promise<never>(() => undefined) };
    const open = () => readdirSync('/proc/self/fd').length;
    const before = open();
    const going = collect({ store });
    while (clock.sleeping === 0) await new Promise(setImmediate);
    await clock.advance(ARTIFACT_TUNING.timeoutMs);
    expect((await going).problem?.message).to.match(/longer than 15 minutes$/);
    while (open() > before) await new Promise(setImmediate);
  });

  it('tells nothing when the process ends', async () => {
    file('a');
    const stop = new AbortController();
    const store = {
      ...filesystemStore(root),
      open: async () => {
        stop.abort(new Error('stopped'));
        throw new Error('some other error');
      },
    };
    const error = await collect({ store, signal: stop.signal }).catch((error: Error) => error);
    expect((error as Error).message).to.equal('stopped');
  });

  it('holds no descriptor when it is done', async () => {
    const open = () => readdirSync('/proc/self/fd').length;
    file('site/a');
    file('b');
    symlinkSync('x', join(source, 'site/link'));
    await collect();
    const before = open();
    for (let i = 0; i < 10; i++) await collect();
    expect(open()).to.equal(before);
  });

  describe('of a filesystem store', () => {
    it('are read from where one left off', async () => {
      file('a', '0123456789');
      const [ref] = (await collect()).refs;
      const found = await filesystemStore(root).read(ref!.location, 4);
      expect([found?.size, await text(found!.data)]).to.deep.equal([10, '456789']);
    });

    it('are read by their whole location alone', async () => {
      file('a');
      file('d/x');
      const [ref] = (await collect()).refs;
      const store = filesystemStore(root);
      const parent = ref!.location.replace(/\/a$/, '');
      for (const location of [
        '',
        parent,
        `${parent}/`,
        `${parent}/..`,
        `${parent}/../a`,
        `/${ref!.location}`,
        `${ref!.location}/`,
        `${ref!.location}\0`,
        'runs/uid-a/1-0123456789012345678901/a',
        '../source/a',
        'runs/../../source/a',
      ]) {
        expect(await store.read(location, 0), JSON.stringify(location)).to.equal(undefined);
      }
      expect(gunzipSync(await readFileSync(join(root, parent, 'd'))).toString('latin1')).to.match(/^x\0/);
    });
  });
});
