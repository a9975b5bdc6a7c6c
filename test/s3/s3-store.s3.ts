import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { systemClock } from '../../agents/lib/clock.ts';
import { collectArtifacts } from '../../agents/runtimed/artifacts/collect.ts';
import { s3Store } from '../../agents/runtimed/artifacts/s3-store.ts';
import type { ArtifactStore } from '../../agents/runtimed/artifacts/store.ts';
import { ARTIFACT_TUNING, type ArtifactTuning } from '../../agents/runtimed/artifacts/tuning.ts';
import { archivedAt } from '../../crds/v1alpha1/run.ts';
import { KEYS, type S3Server, startS3 } from './versitygw.ts';

const BUCKET = 'krt-artifacts';
const MIB = 1024 * 1024;

describe('artifacts in S3', () => {
  const env = { ...process.env };
  let server: S3Server;
  let store: ArtifactStore;
  let source: string;
  before(async function () {
    this.timeout(300_000);
    server = await startS3(BUCKET);
    Object.assign(process.env, KEYS);
    store = open();
  });
  after(async () => {
    process.env = env;
    await server.stop();
  });
  beforeEach(() => {
    source = mkdtempSync(join(tmpdir(), 'krt-s3-source-'));
  });
  afterEach(() => rmSync(source, { recursive: true }));

  const open = (more = {}) =>
    s3Store({ bucket: BUCKET, prefix: 'runs/', endpoint: server.endpoint, forcePathStyle: true, ...more });
  const collect = (uid: string, { attempt = 1, into = store, tune = {} as Partial<ArtifactTuning> } = {}) =>
    collectArtifacts(
      source,
      { uid, attempt },
      {
        store: into,
        clock: systemClock,
        tuning: { ...ARTIFACT_TUNING, ...tune },
        signal: new AbortController().signal,
      },
    );
  const objects = (uid: string) => {
    const dir = join(server.dir, BUCKET, 'runs', uid);
    try {
      return readdirSync(dir, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
    } catch {
      return []; // no object, no directory
    }
  };

  it('are stored with their digest, and read from any byte on', async () => {
    writeFileSync(join(source, 'ä b.txt'), '0123456789');
    writeFileSync(join(source, 'empty'), '');
    mkdirSync(join(source, 'site'));
    writeFileSync(join(source, 'site/a'), 'x');
    const { refs, problem } = await collect('uid-a');
    expect(problem).to.equal(undefined);
    expect(refs.map(({ name, type, driver, sizeBytes }) => [name, type, driver, sizeBytes])).to.deep.equal([
      ['empty', 'file', 's3', 0],
      ['site', 'directory', 's3', refs[1]!.sizeBytes],
      ['ä b.txt', 'file', 's3', 10],
    ]);
    const { location } = refs[2]!;
    expect(location).to.match(/^s3:\/\/krt-artifacts\/runs\/uid-a\/1-[\w-]{22}\/ä b\.txt$/);
    const whole = await store.read(location, 0);
    expect([whole?.size, await text(whole!.data)]).to.deep.equal([10, '0123456789']);
    const rest = await store.read(location, 4);
    expect([rest?.size, await text(rest!.data)]).to.deep.equal([10, '456789']);
    const over = await store.read(location, 10);
    expect([over?.size, await text(over!.data)]).to.deep.equal([10, '']);
    const archive = await buffer((await store.read(refs[1]!.location, 0))!.data);
    expect(`sha256:${createHash('sha256').update(archive).digest('hex')}`).to.equal(refs[1]!.digest);
  });

  it('are uploaded in parts when they are large, in little memory', async () => {
    writeFileSync(join(source, 'big'), '');
    truncateSync(join(source, 'big'), 300 * MIB);
    const before = process.memoryUsage.rss();
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss() - before);
    }, 20);
    const { refs, problem } = await collect('uid-big');
    clearInterval(watch);
    expect(problem).to.equal(undefined);
    expect(refs[0]?.sizeBytes).to.equal(300 * MIB);
    expect(most / MIB).to.be.lessThan(150);
  }).timeout(120_000);

  it('leave nothing of one that could not be stored whole', async () => {
    writeFileSync(join(source, 'good'), 'x');
    mkdirSync(join(source, 'bad'));
    writeFileSync(join(source, 'bad/a'), Buffer.alloc(20 * MIB, 'random'));
    symlinkSync('x', join(source, 'bad/z'));
    const { refs, problem } = await collect('uid-bad');
    expect(refs.map(({ name }) => name)).to.deep.equal(['good']);
    expect(problem?.message).to.match(/bad: z: a symbolic link is not kept/);
    expect(objects('uid-bad').map(({ name }) => name)).to.deep.equal(['good']);
  });

  it('of an earlier attempt go', async () => {
    writeFileSync(join(source, 'a'), '1');
    const first = (await collect('uid-c')).refs[0]!;
    const second = (await collect('uid-c', { attempt: 2 })).refs[0]!;
    expect(await store.read(first.location, 0)).to.equal(undefined);
    expect(await text((await store.read(second.location, 0))!.data)).to.equal('1');
    expect(objects('uid-c')).to.have.length(1);
    await store.remove('uid-c');
    await store.remove('uid-never');
    expect(objects('uid-c')).to.deep.equal([]);
  });

  it('stay beside the logs of all attempts, and go together', async () => {
    const log = async function* (line: string) {
      yield gzipSync(line);
    };
    const place = await store.putLog({ uid: 'uid-l', attempt: 1 }, undefined, log('first'));
    expect(place).to.match(/^s3:\/\/krt-artifacts\/runs\/uid-l\/log-[\w-]{22}$/);
    writeFileSync(join(source, 'a'), '1');
    await collect('uid-l', { attempt: 2 });
    expect(await store.putLog({ uid: 'uid-l', attempt: 2 }, place, log('second'))).to.equal(place);
    for (const [attempt, line] of [
      [1, 'first'],
      [2, 'second'],
    ] as const) {
      const found = await store.read(archivedAt(place, attempt), 0);
      expect(gunzipSync(await buffer(found!.data)).toString()).to.equal(line);
    }
    expect(await store.read(archivedAt(place, 3), 0)).to.equal(undefined);
    const elsewhere = await store.putLog({ uid: 'uid-l', attempt: 3 }, 's3://other/uid-l/log-x', log('third'));
    expect(elsewhere).to.match(/^s3:\/\/krt-artifacts\/runs\/uid-l\/log-/);
    expect(objects('uid-l')).to.have.length(4);
    await store.remove('uid-l');
    expect(objects('uid-l')).to.deep.equal([]);
  });

  it('are read by their whole location alone', async () => {
    writeFileSync(join(source, 'a'), '1');
    const { location } = (await collect('uid-d')).refs[0]!;
    for (const wrong of [
      '',
      location.replace('krt-artifacts', 'other'),
      location.replace('/runs/', '/other/'),
      location.slice(0, -2),
      location.replace(/-[\w-]{22}\//, `-${'A'.repeat(22)}/`),
      `${location}/../a`,
    ]) {
      expect(await store.read(wrong, 0), wrong).to.equal(undefined);
    }
  });

  for (const [title, more, message] of [
    ['a bucket that is not there', { bucket: 'no-such-bucket' }, /bucket does not exist/],
    ['a server that is not there', { endpoint: 'http://127.0.0.1:9' }, /ECONNREFUSED/],
  ] as const) {
    it(`tell of ${title}`, async () => {
      writeFileSync(join(source, 'a'), '1');
      const { refs, problem } = await collect('uid-e', { into: open(more) });
      expect(refs).to.deep.equal([]);
      expect(problem?.reason).to.equal('ArtifactFailed');
      expect(problem?.message).to.match(message);
    });
  }
});
