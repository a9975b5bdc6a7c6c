import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { RunSpec, RunStatus } from '../../../crds/v1alpha1/index.ts';
import { dropVolume, makeClaim } from '../harness/claim.ts';
import { sh, useWorld } from '../harness/world.ts';

const IN_DIR = 'cd "$KRUNTIME_ARTIFACTS_DIR"; ';

/** A Run, its end, and the artifacts that it has then. */
const CASES: readonly [title: string, spec: RunSpec, status: Partial<RunStatus>, artifacts: string[]][] = [
  [
    'a file and a directory',
    sh(`${IN_DIR}echo "artifact body" >result.txt; mkdir -p site/css; echo '<p>' >site/index.html`),
    { phase: 'Succeeded', reason: 'Completed' },
    ['result.txt file', 'site directory'],
  ],
  ['nothing', sh('true'), { phase: 'Succeeded', reason: 'Completed' }, []],
  [
    'those of a program that failed',
    sh(`${IN_DIR}echo partial >log; exit 3`),
    { phase: 'Failed', reason: 'ExitCode', exitCode: 3 },
    ['log file'],
  ],
  [
    'those of a program that took too long',
    sh(`${IN_DIR}echo partial >log; sleep 600`, { timeout: '2s' }),
    { phase: 'Timeout', reason: 'Timeout' },
    ['log file'],
  ],
  [
    'those of the last attempt',
    sh(`${IN_DIR}echo x >attempt-$KRUNTIME_ATTEMPT; [ $KRUNTIME_ATTEMPT = 2 ]`, {
      retryPolicy: { maxAttempts: 2, backoff: '100ms' },
    }),
    { phase: 'Succeeded', attempt: 2 },
    ['attempt-2 file'],
  ],
  [
    'no link, and tells it',
    sh(`${IN_DIR}echo x >good; ln -s /etc/passwd bad`),
    { phase: 'Failed', reason: 'ArtifactFailed', exitCode: 0 },
    ['good file'],
  ],
];

describe('artifacts', () => {
  const world = useWorld('artifacts', { bash: false });
  let names: string[] = [];

  before(async function () {
    this.timeout(120_000);
    await makeClaim(world, 'results');
    await world.addRuntime('bash', {
      replicas: 2,
      capacity: { resources: { runs: 8 } },
      artifactStore: { filesystem: { volumeClaimName: 'results' } },
    });
    names = await Promise.all(CASES.map(([, spec]) => world.submit(spec)));
  });
  after(() => dropVolume(world, 'results'));

  for (const [i, [title, , status, artifacts]] of CASES.entries()) {
    it(`keeps ${title}`, async () => {
      const run = await world.ended(names[i]!);
      expect(run.status).to.deep.include(status);
      const refs = run.status?.artifactRefs ?? [];
      expect(refs.map(({ name, type }) => `${name} ${type}`)).to.deep.equal(artifacts);
      for (const ref of refs) expect(ref.digest).to.match(/^sha256:[0-9a-f]{64}$/);
    });
  }

  it('keeps those of a program that was cancelled', async () => {
    const name = await world.submit(sh(`${IN_DIR}echo partial >log; echo up; sleep 600`));
    await world.reaches(name, 'Running');
    await world.cancel(name);
    const { status } = await world.ended(name);
    expect(status?.phase).to.equal('Cancelled');
    expect(status?.artifactRefs?.map(artifact => artifact.name)).to.deep.equal(['log']);
  });

  it('makes the same digest of the same files', async () => {
    const script = `${IN_DIR}mkdir d; echo 1 >d/a; echo 2 >d/b`;
    const digests = await Promise.all(
      [script, `${script}; touch -d 2001-01-01 d/a; chmod 600 d/b`].map(async text => {
        const run = await world.ended(await world.submit(sh(text)));
        return run.status?.artifactRefs?.[0]?.digest;
      }),
    );
    expect(digests[0]).to.be.a('string').and.equal(digests[1]);
  });

  describe('are fetched', () => {
    const MAKE = `${IN_DIR}head -c 3000000 /dev/zero | tr '\\0' x >big; mkdir -p site/css; echo '<p>' >site/index.html
      echo 'b {}' >site/css/a.css; echo '#!/bin/sh' >site/run; chmod +x site/run`;
    let name: string;
    let pod: string;
    before(async () => {
      name = await world.submit(sh(MAKE));
      pod = (await world.ended(name)).status!.assignedPod!;
    });
    const at = (...parts: string[]) => join(world.dir, ...parts);
    const download = (...args: string[]) => world.krt(['artifact', 'download', name, ...args]);

    it('as they were, directories unpacked', async () => {
      const end = await download('-o', 'all');
      expect([end.code, end.stdout], end.stderr).to.deep.equal([0, 'all/big\nall/site\n']);
      expect(readFileSync(at('all/big')).equals(Buffer.alloc(3_000_000, 'x'))).to.equal(true);
      expect(readFileSync(at('all/site/css/a.css'), 'utf8')).to.equal('b {}\n');
      expect(statSync(at('all/site/run')).mode & 0o111).not.to.equal(0);
      expect(readdirSync(at('all'))).to.deep.equal(['big', 'site']);
    });

    it('by name, to stdout as they are stored', async () => {
      const end = await download('big', '-o', '-');
      expect([end.code, end.bytes.length], end.stderr).to.deep.equal([0, 3_000_000]);
      const archive = await download('site', '-o', '-');
      expect(archive.bytes.subarray(0, 2).toString('hex')).to.equal('1f8b');
      expect((await download('-o', '-')).code).to.equal(64);
    });

    it('over nothing that is there, unless forced', async () => {
      writeFileSync(at('big'), 'mine');
      const refused = await download('big');
      expect([refused.code, readFileSync(at('big'), 'utf8')], refused.stderr).to.deep.equal([64, 'mine']);
      const forced = await download('big', '--force');
      expect([forced.code, statSync(at('big')).size], forced.stderr).to.deep.equal([0, 3_000_000]);
    });

    it('told in a list', async () => {
      const { code, stdout } = await world.krt(['artifact', 'list', name]);
      expect(code).to.equal(0);
      expect(stdout).to.match(
        /^NAME +TYPE +SIZE +DIGEST +AGE\nbig +file +2.86 MiB +sha256:\w{12} +\S+\nsite +directory/,
      );
      const none = await world.krt(['artifact', 'download', name, 'nothing']);
      expect([none.code, none.stderr]).to.deep.equal([
        64,
        `error: Run ${name} has no artifact "nothing"\nit has big, site\n`,
      ]);
    });

    it('at the end of krt run', async () => {
      const text = `${IN_DIR}echo body >a; echo hello; exit 3`;
      const end = await world.krt(['run', '-r', 'bash', '-c', text, '--artifacts', 'fetched']);
      expect([end.code, end.stdout, end.stderr]).to.deep.equal([3, 'hello\n', 'fetched/a\n']);
      expect(readFileSync(at('fetched/a'), 'utf8')).to.equal('body\n');
    });

    it('by nobody who does not know where they are', async () => {
      const run = world.runs.get(name)!;
      const location = run.status!.artifactRefs![0]!.location;
      const found = world.pods.get(pod)!;
      const read = (wrong: string) =>
        world.clients.podArtifact(found, { location: wrong, start: 0, signal: AbortSignal.timeout(10_000) });
      for (const wrong of [
        '',
        location.replace(/-[\w-]{22}\//, `-${'A'.repeat(22)}/`),
        `${location}/..`,
        '../../etc/passwd',
      ]) {
        const error = await read(wrong).catch((error: unknown) => error);
        expect(error).to.include({ status: 404 });
      }
    });

    it('no more once the Run is deleted', async () => {
      const gone = await world.submit(sh(`${IN_DIR}echo x >a`));
      const [ref] = (await world.ended(gone)).status!.artifactRefs!;
      const found = world.pods.get(pod)!;
      const read = () =>
        world.clients.podArtifact(found, { location: ref!.location, start: 0, signal: AbortSignal.timeout(10_000) });
      for await (const chunk of await read()) expect(Buffer.from(chunk).toString()).to.equal('x\n');
      await world.clients.runs.delete(gone, world.namespace);
      for (let error: unknown; (error as { status?: number })?.status !== 404; ) {
        error = await read().catch((refused: unknown) => refused);
      }
    });

    it('through another Pod when the one that ran it is gone', async () => {
      await world.clients.pods.delete(pod, world.namespace);
      await world.pods.until(`the end of Pod ${pod}`, () => !world.pods.get(pod));
      const end = await download('-o', 'later');
      expect([end.code, existsSync(at('later/site/index.html'))], end.stderr).to.deep.equal([0, true]);
    });
  });
});
