import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import {
  exitCodeOf,
  Krt,
  type KrtError,
  type LogLine,
  type LogOptions,
  type RunRef,
} from '../../../plugin/library/index.ts';
import { dropVolume, makeClaim } from '../harness/claim.ts';
import { sh, useWorld } from '../harness/world.ts';

describe('the library', () => {
  const world = useWorld('library', { bash: false });
  let krt: Krt;

  before(async function () {
    this.timeout(120_000);
    await makeClaim(world, 'results');
    const artifactStore = { filesystem: { volumeClaimName: 'results' } };
    await world.addRuntime('bash', { replicas: 1, capacity: { resources: { runs: 16 } }, artifactStore });
    krt = await Krt.connect({ kubeconfig: world.kubeconfig, env: {} });
  });
  after(async () => {
    krt?.close();
    await dropVolume(world, 'results');
  });

  async function linesOf(run: RunRef, options?: LogOptions): Promise<LogLine[]> {
    const lines: LogLine[] = [];
    for await (const line of krt.logs(run, options)) lines.push(line);
    return lines;
  }
  const textsOf = async (run: RunRef, options?: LogOptions) => (await linesOf(run, options)).map(({ text }) => text);
  const codeOf = (call: Promise<unknown>) => call.then(String, (error: KrtError) => error.code);

  it('works in the namespace of the context', () => {
    expect(krt.namespace).to.equal(world.namespace);
  });

  it('submits a program, follows it over its attempts, and waits for its end', async () => {
    const script = 'echo "attempt $KRUNTIME_ATTEMPT"; echo "why" >&2; [ "$KRUNTIME_ATTEMPT" = 2 ] || exit 7';
    const run = await krt.submit(sh(script, { retryPolicy: { maxAttempts: 2, backoff: '10ms' } }), { name: 'twice' });
    expect(run.metadata.name).to.equal('twice');
    const lines = await linesOf(run);
    const told = lines.map(({ attempt, stream, text }) => `${attempt} ${stream} ${text}`);
    expect(told.toSorted()).to.deep.equal([
      ...['1 stderr why', '1 stdout attempt 1', '2 stderr why', '2 stdout attempt 2'],
    ]);
    const ended = await krt.wait('twice');
    expect([ended.status?.phase, ended.status?.attempt, exitCodeOf(ended)]).to.deep.equal(['Succeeded', 2, 0]);
  });

  it('gives the exit code of a program that fails', async () => {
    expect(exitCodeOf(await krt.wait(await krt.submit(sh('exit 42'))))).to.equal(42);
  });

  it('gives lines while the program runs, and cancels it', async () => {
    const run = await krt.submit(sh('echo up; sleep 600'));
    for await (const { text } of krt.logs(run)) {
      expect(text).to.equal('up');
      break;
    }
    const asked = await krt.cancel(run);
    expect(asked.spec.cancelRequested).to.equal(true);
    const ended = await krt.wait(run);
    expect([ended.status?.phase, exitCodeOf(ended)]).to.deep.equal(['Cancelled', 125]);
  });

  it('gives what there is, the end of it, and one attempt of many', async () => {
    const run = await krt.wait(await krt.submit(sh('seq 5')));
    expect(await textsOf(run, { follow: false })).to.deep.equal(['1', '2', '3', '4', '5']);
    expect(await textsOf(run, { tail: 2 })).to.deep.equal(['4', '5']);
    expect(await textsOf(run, { attempt: 1, tail: 0 })).to.deep.equal([]);
    expect(await codeOf(textsOf(run, { attempt: 2 }))).to.equal('Usage');
  });

  it('gives the very bytes of a program, however odd', async () => {
    const run = await krt.submit(sh(`printf 'gr\\303\\274n\\n\\377\\376\\nno newline'`));
    const bytes = Buffer.concat((await linesOf(run)).map(({ data }) => data));
    expect(bytes.toString('latin1')).to.equal('gr\u00c3\u00bcn\n\u00ff\u00fe\nno newline');
  });

  it('follows many Runs at once', async () => {
    const follow = async (i: number) => textsOf(await krt.submit(sh(`echo ${i}; echo more of ${i}`)));
    const all = await Promise.all(Array.from({ length: 12 }, (_, i) => follow(i)));
    expect(all).to.deep.equal(Array.from({ length: 12 }, (_, i) => [`${i}`, `more of ${i}`]));
  });

  it('lists what is selected, and deletes', async () => {
    const runs = await Promise.all(['a', 'b'].map(team => krt.submit(sh('true'), { labels: { team } })));
    const names = async () =>
      (await krt.list({ labelSelector: 'team' })).map(({ metadata }) => metadata.name).toSorted();
    expect(await names()).to.deep.equal(runs.map(({ metadata }) => metadata.name).toSorted());
    await Promise.all(runs.map(run => krt.wait(run)));
    await Promise.all(runs.map(run => krt.delete(run)));
    expect(await codeOf(krt.delete('nobody'))).to.equal('NotFound');
  });

  it('tells a Run that is there, one that is deleted while it is waited for, and a deadline that passes', async () => {
    const run = await krt.submit(sh('sleep 600'), { name: 'long' });
    expect(await codeOf(krt.submit(sh('true'), { name: 'long' }))).to.equal('AlreadyExists');
    expect(await codeOf(krt.wait(run, { timeoutMs: 50 }))).to.equal('DeadlineExceeded');
    const waited = codeOf(krt.wait(run));
    await krt.delete(run);
    expect(await waited).to.equal('Internal');
  });

  it('lists, fetches and reads artifacts, each once its digest is right', async () => {
    const script = 'cd "$KRUNTIME_ARTIFACTS_DIR"; echo body >file.txt; mkdir site; echo page >site/index.html';
    const run = await krt.wait(await krt.submit(sh(script)));
    const told = (await krt.artifacts(run)).map(({ name, type }) => `${name} ${type}`);
    expect(told.toSorted()).to.deep.equal(['file.txt file', 'site directory']);
    const sizes: number[] = [];
    const dir = join(world.dir, 'results');
    const paths = await krt.download(run, dir, { onProgress: (_name, bytes, total) => sizes.push(total - bytes) });
    expect(paths.toSorted()).to.deep.equal([join(dir, 'file.txt'), join(dir, 'site')]);
    expect(await readFile(join(dir, 'site/index.html'), 'utf8')).to.equal('page\n');
    expect(sizes).to.include(0);
    const chunks: Uint8Array[] = [];
    for await (const chunk of krt.readArtifact(run, 'site')) chunks.push(chunk);
    expect(gunzipSync(Buffer.concat(chunks)).toString()).to.include('page\n');
    expect(await codeOf(krt.download(run, dir, { names: ['other'] }))).to.equal('NotFound');
    expect(await codeOf(krt.readArtifact(run, 'other').next())).to.equal('NotFound');
  });

  it('tells of Runtimes', async () => {
    expect((await krt.runtimes()).map(({ metadata }) => metadata.name)).to.deep.equal(['bash']);
    expect((await krt.runtime('bash')).spec.capacity?.resources).to.deep.equal({ runs: 16 });
    expect(await codeOf(krt.runtime('cobol'))).to.equal('NotFound');
  });
});
