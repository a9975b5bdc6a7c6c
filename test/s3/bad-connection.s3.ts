import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../agents/lib/clock.ts';
import { collectArtifacts } from '../../agents/runtimed/artifacts/collect.ts';
import { s3Store } from '../../agents/runtimed/artifacts/s3-store.ts';
import { ARTIFACT_TUNING } from '../../agents/runtimed/artifacts/tuning.ts';
import { type ApiProxy, type Rule, startProxy } from '../faults/rig/api-proxy.ts';
import { KEYS, type S3Server, startS3 } from './versitygw.ts';

const BUCKET = 'krt-artifacts';
const UNAVAILABLE = { do: 'answer', status: 503, reason: 'SlowDown' } as const;
const LARGE = randomBytes(12 * 1024 * 1024);

describe('artifacts in S3, over a bad connection', function () {
  this.timeout(60_000);
  const env = { ...process.env };
  let server: S3Server;
  let proxy: ApiProxy;
  let source: string;
  before(async function () {
    this.timeout(300_000);
    server = await startS3(BUCKET);
    Object.assign(process.env, KEYS);
    proxy = await startProxy('runtimed', server.endpoint, { keepsHost: true });
    source = mkdtempSync(join(tmpdir(), 'krt-s3-source-'));
    writeFileSync(join(source, 'large'), LARGE);
    writeFileSync(join(source, 'small'), 'x');
  });
  after(async () => {
    process.env = env;
    await proxy.close();
    await server.stop();
    rmSync(source, { recursive: true });
  });

  const collect = (uid: string, timeoutMs = ARTIFACT_TUNING.timeoutMs) =>
    collectArtifacts(
      source,
      { uid, attempt: 1 },
      {
        store: s3Store({ bucket: BUCKET, prefix: 'runs/', endpoint: proxy.url, forcePathStyle: true }),
        clock: systemClock,
        tuning: { ...ARTIFACT_TUNING, timeoutMs },
        signal: new AbortController().signal,
      },
    );
  /** Names of the objects of a Run, as everybody may see them. */
  const objects = (uid: string) => {
    const dir = join(server.dir, BUCKET, 'runs', uid);
    const entries = readdirSync(join(server.dir, BUCKET, 'runs'), { withFileTypes: true });
    if (!entries.some(({ name }) => name === uid)) return [];
    return readdirSync(dir, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  };
  /** At the first try of each request, and not at the next. */
  const once = (action: ReturnType<Rule>): Rule => {
    const seen = new Set<string>();
    return ({ method, path, query }) => {
      const request = `${method} ${path}?${query}`;
      if (seen.has(request)) return undefined;
      seen.add(request);
      return action;
    };
  };

  for (const [title, rule] of [
    ['that answers 503 at first, whatever is asked', once(UNAVAILABLE)],
    ['that breaks at first, whatever is asked', once({ do: 'drop' })],
    ['that loses the first answer to whatever is asked', once({ do: 'lose' })],
    ['that is late', () => ({ do: 'delay', ms: 100 })],
  ] as [string, Rule][]) {
    it(`${title}: are stored, byte for byte`, async () => {
      const uid = title.replaceAll(' ', '-');
      proxy.rule = rule;
      const { refs, problem } = await collect(uid);
      expect(problem?.message).to.equal(undefined);
      expect(refs.map(({ name, sizeBytes }) => [name, sizeBytes])).to.deep.equal([
        ['large', LARGE.length],
        ['small', 1],
      ]);
      const stored = objects(uid).find(({ name }) => name === 'large')!;
      const bytes = readFileSync(join(stored.parentPath, stored.name));
      expect(refs[0]!.digest).to.equal(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
    });
  }

  for (const [title, rule] of [
    ['where the second part of an upload never comes through', ({ query }) => query.get('partNumber') === '2'],
    ['where no upload is ever completed', ({ method, query }) => method === 'POST' && query.has('uploadId')],
  ] as [string, (request: Parameters<Rule>[0]) => boolean][]) {
    it(`${title}: are told as not stored, and nothing of them is to be seen`, async () => {
      const uid = title.replaceAll(' ', '-');
      proxy.rule = request => (rule(request) ? { do: 'drop' } : undefined);
      const { refs, problem } = await collect(uid);
      expect(refs.map(({ name }) => name)).to.deep.equal(['small']);
      expect(problem).to.have.property('reason', 'ArtifactFailed');
      expect(problem?.message).to.match(/^artifacts could not be stored: large: /);
      expect(objects(uid).map(({ name }) => name)).to.deep.equal(['small']);
    });
  }

  it('where nothing is ever answered: are given up in time, with a reason', async () => {
    proxy.rule = () => ({ do: 'freeze' });
    const { refs, problem } = await collect('frozen', 500);
    proxy.rule = undefined;
    expect(refs).to.deep.equal([]);
    expect(problem?.message).to.match(/took longer/);
    expect(objects('frozen')).to.deep.equal([]);
  });
});
