import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { type Header, pack } from 'tar-stream';
import { ApiError, ConnectionError } from '../../../../crds/client/api-error.ts';
import type { PodArtifactOptions } from '../../../../crds/client/pod-artifact.ts';
import type { Pod } from '../../../../crds/client/resources.ts';
import type { ArtifactRef } from '../../../../crds/v1alpha1/run.ts';
import { downloadArtifacts, printArtifact } from '../../../../plugin/services/artifacts/download.ts';
import { selectArtifacts } from '../../../../plugin/services/artifacts/find-artifacts.ts';
import { makePod } from '../../../builders/pod.ts';
import { makeRun } from '../../../builders/run.ts';
import { makeFakeClients } from '../../../fakes/clients.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { makeFakeOutput } from '../../../fakes/streams.ts';

const cut = () => new ConnectionError('api', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));

describe('downloading artifacts', () => {
  let dir: string;
  let clock: FakeClock;
  let clients: ReturnType<typeof makeFakeClients>;
  /** What the Pods' store has. */
  let stored: Map<string, Buffer>;
  let calls: { pod: string; location: string; start: number }[];
  /** Called before each answer, with the number of the call; may throw, or give another answer. */
  let fault: (call: number, data: Buffer) => AsyncIterable<Uint8Array> | undefined;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'krt-download-'));
    clock = new FakeClock();
    clients = makeFakeClients();
    stored = new Map();
    calls = [];
    fault = () => undefined;
    clients.pods.seed(makePod('p').runtime('bash').obj());
    Object.assign(clients, {
      podArtifact: async (pod: Pod, { location, start }: PodArtifactOptions) => {
        calls.push({ pod: pod.metadata.name!, location, start });
        const data = stored.get(location)?.subarray(start);
        const other = fault(calls.length, data ?? Buffer.alloc(0));
        if (other) return other;
        if (!data) throw new ApiError(404, { message: 'there is no such artifact' });
        return chunks(data);
      },
    });
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  async function* chunks(data: Buffer): AsyncGenerator<Buffer> {
    for (let at = 0; at < data.length; at += 4) yield data.subarray(at, at + 4);
  }

  function store(name: string, data: string | Buffer, type: ArtifactRef['type'] = 'file'): ArtifactRef {
    const bytes = Buffer.from(data as string);
    stored.set(`runs/${name}`, bytes);
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    const rest = { driver: 'filesystem', sizeBytes: bytes.length, createdAt: '2026-01-01T00:00:00Z' } as const;
    return { name, type, location: `runs/${name}`, digest, ...rest };
  }

  async function download(refs: ArtifactRef[], { force = false, signal = new AbortController().signal } = {}) {
    const done: string[] = [];
    const bytes: number[] = [];
    const going = downloadArtifacts(
      makeRun('a').obj(),
      refs,
      { dir, force },
      {
        ...{ clients, clock, signal },
        onBytes: (_ref, count) => bytes.push(count),
        onDone: async path => void done.push(path.slice(dir.length + 1)),
      },
    );
    let over = false;
    const settled = going.then(
      () => undefined,
      (error: Error) => error,
    );
    void settled.then(() => (over = true));
    while (!over) await clock.advance(1000);
    const error = await settled;
    return { error, done, bytes };
  }
  const read = (name: string) => readFileSync(join(dir, name), 'utf8');

  it('puts files in their place, and tells how far it is', async () => {
    const end = await download([store('a', '0123456789'), store('empty', '')]);
    expect(end).to.deep.equal({ error: undefined, done: ['a', 'empty'], bytes: [4, 8, 10] });
    expect([read('a'), read('empty')]).to.deep.equal(['0123456789', '']);
    expect(readdirSync(dir)).to.have.length(2);
  });

  it('goes on where a connection was cut, however', async () => {
    fault = (call, data) => {
      if (call === 2) throw cut();
      if (call !== 1 && call !== 3) return undefined;
      return (async function* () {
        yield data.subarray(0, 4);
        // the first ends too early, the other breaks
        if (call === 3) throw cut();
      })();
    };
    const { error } = await download([store('a', '0123456789')]);
    expect(error).to.equal(undefined);
    expect(calls.map(({ start }) => start)).to.deep.equal([0, 4, 4, 8]);
    expect(read('a')).to.equal('0123456789');
  });

  it('goes on with what an interrupted download left', async () => {
    const ref = store('a', '0123456789');
    const stop = new AbortController();
    fault = (_call, data) =>
      (async function* () {
        yield data.subarray(0, 6);
        stop.abort(new Error('interrupted'));
        throw cut();
      })();
    expect((await download([ref], { signal: stop.signal })).error?.message).to.equal('interrupted');
    expect(existsSync(join(dir, 'a'))).to.equal(false);
    fault = () => undefined;
    expect((await download([ref])).error).to.equal(undefined);
    expect(calls.map(({ start }) => start)).to.deep.equal([0, 6]);
    expect([read('a'), readdirSync(dir)]).to.deep.equal(['0123456789', ['a']]);
  });

  it('fetches anew what was left and is wrong', async () => {
    const ref = store('a', '0123456789');
    const part = `.krt-${ref.digest.slice(-32)}.part`;
    writeFileSync(join(dir, part), 'xxx');
    expect((await download([ref])).error).to.equal(undefined);
    expect(calls.map(({ start }) => start)).to.deep.equal([3, 0]);
    expect(read('a')).to.equal('0123456789');
  });

  it('keeps nothing whose digest is wrong, or that is too long', async () => {
    const ref = store('a', '0123456789');
    stored.set(ref.location, Buffer.from('012345678x'));
    expect((await download([ref])).error?.message).to.match(/^artifact a has not the digest sha256:/);
    stored.set(ref.location, Buffer.from('0123456789and more'));
    expect((await download([ref])).error?.message).to.equal('artifact a is longer than Run a tells');
    expect(existsSync(join(dir, 'a'))).to.equal(false);
  });

  it('gives up after some tries without a byte', async () => {
    fault = () => {
      throw cut();
    };
    expect((await download([store('a', 'x')])).error).to.be.instanceOf(ConnectionError);
    expect(calls).to.have.length(6);
  });

  it('asks the Pod that ran the Run first, and the others when it can not', async () => {
    clients.pods.seed(makePod('own').runtime('bash').obj());
    clients.pods.seed(makePod('other').runtime('python').obj());
    const run = makeRun('a').scheduled('own').obj();
    const ref = store('a', 'x');
    const output = makeFakeOutput();
    fault = call => {
      if (call === 1) throw new ApiError(503, { message: 'error trying to reach service' });
      return undefined;
    };
    await printArtifact(run, ref, output, { clients, clock, signal: new AbortController().signal });
    expect(calls.map(({ pod }) => pod)).to.deep.equal(['own', 'p']);
    expect(output.text).to.equal('x');
  });

  it('tells why it can not', async () => {
    const lost = { ...store('a', 'x'), location: 'runs/gone' };
    expect((await download([lost])).error?.message).to.equal('artifact a of Run a is not in the store any more');
    clients.pods.remove('p');
    expect((await download([lost])).error).to.include({ exitCode: 69 });
    fault = () => {
      throw new ApiError(403, { message: 'pods "p" is forbidden' });
    };
    clients.pods.seed(makePod('p').runtime('bash').obj());
    calls = [];
    expect((await download([lost])).error?.message).to.match(/forbidden/);
  });

  it('overwrites nothing, and asks no Pod before that is sure', async () => {
    const refs = [store('a', '0123'), store('b', '4567')];
    symlinkSync('nowhere', join(dir, 'b'));
    const refused = await download(refs);
    expect(refused.error).to.include({ message: `${join(dir, 'b')} is there already`, exitCode: 64 });
    expect(calls).to.deep.equal([]);
    expect((await download(refs, { force: true })).error).to.equal(undefined);
    expect([read('a'), read('b')]).to.deep.equal(['0123', '4567']);
  });

  it('takes a file that is there and the same for fetched', async () => {
    writeFileSync(join(dir, 'a'), '0123');
    expect((await download([store('a', '0123')])).done).to.deep.equal(['a']);
    expect(calls).to.deep.equal([]);
  });

  it('does not overwrite what came while it fetched', async () => {
    const ref = store('a', '0123');
    fault = () => {
      writeFileSync(join(dir, 'a'), 'mine');
      return undefined;
    };
    expect((await download([ref])).error).to.include({ exitCode: 64 });
    expect(read('a')).to.equal('mine');
  });

  const archive = async (...entries: [header: Partial<Header> & { name: string }, body?: string][]) => {
    const tar = pack();
    for (const [header, body] of entries) tar.entry(header, body ?? '');
    tar.finalize();
    return gzipSync(await buffer(tar as AsyncIterable<Buffer>));
  };

  it('unpacks a directory', async () => {
    const data = await archive(
      [{ name: 'css/', type: 'directory' }],
      [{ name: 'css/a.css', mode: 0o644 }, 'b {}'],
      [{ name: 'run', mode: 0o755 }, '#!'],
      [{ name: `${'d/'.repeat(60)}${'n'.repeat(120)}` }, 'long'],
    );
    const { error, done } = await download([store('site', data, 'directory')]);
    expect([error, done]).to.deep.equal([undefined, ['site']]);
    expect([read('site/css/a.css'), readdirSync(dir)]).to.deep.equal(['b {}', ['site']]);
    expect(statSync(join(dir, 'site/run')).mode & 0o100).to.equal(0o100);
    expect(statSync(join(dir, 'site/css/a.css')).mode & 0o111).to.equal(0);
  });

  for (const [title, header] of [
    ['a path up', { name: '../evil' }],
    ['a path up in the middle', { name: 'a/../../evil' }],
    ['an absolute path', { name: '/evil' }],
    ['a symbolic link', { name: 'evil', type: 'symlink', linkname: '/etc' }],
    ['a hard link', { name: 'evil', type: 'link', linkname: '/etc/passwd' }],
    ['a device', { name: 'evil', type: 'character-device' }],
    ['a name that acts on a terminal', { name: 'a\u001b[2J' }],
  ] as const) {
    it(`unpacks nothing of an archive with ${title}`, async () => {
      const data = await archive([{ name: 'good' }, 'x'], [header]);
      const { error } = await download([store('site', data, 'directory')]);
      expect(error).to.include({ exitCode: 70 });
      expect(existsSync(join(dir, 'site'))).to.equal(false);
      expect(existsSync(join(dir, 'evil')) || existsSync(join(dir, '../evil'))).to.equal(false);
    });
  }

  it('fails on an archive that is none', async () => {
    expect((await download([store('site', 'no gzip', 'directory')])).error?.message).to.match(/incorrect header/);
    expect(existsSync(join(dir, 'site'))).to.equal(false);
  });

  it('puts a directory in the place of another only by force', async () => {
    const ref = store('site', await archive([{ name: 'new' }, 'x']), 'directory');
    mkdirSync(join(dir, 'site'));
    writeFileSync(join(dir, 'site/old'), '');
    expect((await download([ref])).error).to.include({ exitCode: 64 });
    expect((await download([ref], { force: true })).error).to.equal(undefined);
    expect(readdirSync(join(dir, 'site'))).to.deep.equal(['new']);
  });

  for (const name of ['..', '.', '', 'a/b', '/etc/passwd', 'a\\b', 'a\n']) {
    it(`refuses an artifact named ${JSON.stringify(name)}`, () => {
      const run = makeRun('a')
        .status({ artifactRefs: [{ ...store('x', ''), name }] })
        .obj();
      expect(() => selectArtifacts(run, [])).to.throw(/is no file name/);
    });
  }
});
