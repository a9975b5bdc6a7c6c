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
});
