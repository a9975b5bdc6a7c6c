import { expect } from 'chai';
import { dropVolume, makeClaim } from '../harness/claim.ts';
import { sh, useWorld } from '../harness/world.ts';

const BINARY = Buffer.from([...Array(512).keys()].map(i => (i * 7) % 256));
const PRINT = `echo "attempt $KRUNTIME_ATTEMPT"; echo err $KRUNTIME_ATTEMPT >&2; [ $KRUNTIME_ATTEMPT = 2 ] &&
  echo ${BINARY.toString('base64')} | base64 -d; [ $KRUNTIME_ATTEMPT = 3 ]`;

describe('archived logs', () => {
  const world = useWorld('archive');

  before(async function () {
    this.timeout(120_000);
    await makeClaim(world, 'results');
    const artifactStore = { filesystem: { volumeClaimName: 'results' } };
    await world.addRuntime('kept', { replicas: 2, capacity: { resources: { runs: 8 } }, artifactStore });
  });
  after(() => dropVolume(world, 'results'));

  async function without(pods: readonly string[]): Promise<void> {
    for (const pod of new Set(pods)) await world.clients.pods.delete(pod, world.namespace);
    for (const pod of pods) await world.pods.until(`the end of Pod ${pod}`, () => !world.pods.get(pod));
  }

  describe('of a Run whose Pods are gone', () => {
    let name: string;
    before(async function () {
      this.timeout(120_000);
      name = await world.submit(sh(PRINT, { runtime: 'kept', retryPolicy: { maxAttempts: 3, backoff: '100ms' } }));
      const { status } = await world.ended(name);
      expect(status).to.include({ phase: 'Succeeded', attempt: 3 });
      await without(status!.attempts!.map(({ pod }) => pod!));
    });

    it('are those of all attempts, byte for byte', async () => {
      const end = await world.krt(['logs', name]);
      expect([end.code, end.stderr]).to.deep.equal([0, 'err 1\nerr 2\nerr 3\n']);
      const [one, three] = ['attempt 1\nattempt 2\n', 'attempt 3\n'].map(text => Buffer.from(text));
      expect(end.bytes.equals(Buffer.concat([one!, BINARY, three!]))).to.equal(true);
    });

    for (const [args, stdout] of [
      [['-f'], /^attempt 1\nattempt 2\n[\s\S]*attempt 3\n$/],
      [['--attempt', '1'], /^attempt 1\n$/],
      [['--previous'], /^attempt 2\n/],
      [['--tail', '1', '--attempt', '3', '--prefix'], /^$/],
      [['--attempt', '3', '--timestamps'], /^\d{4}-\d\d-\d\dT[\d:.]+Z attempt 3\n$/],
      [['--since', '1h', '--attempt', '3'], /^attempt 3\n$/],
      [['--since', '1ms', '--attempt', '3'], /^$/],
    ] as const) {
      it(`take ${args.join(' ')}`, async () => {
        const end = await world.krt(['logs', name, ...args]);
        expect(end.code, end.stderr).to.equal(0);
        expect(end.stdout).to.match(stdout);
      });
    }
  });

  it('are whole where the Pod goes while they are followed', async () => {
    const count = 'for ((i = 0; i < 400; i++)); do echo "line $i"; sleep 0.01; done';
    const name = await world.submit(sh(count, { runtime: 'kept' }));
    const following = world.startKrt(['logs', '-f', name]);
    await following.shows('line 50\n');
    await without([world.runs.get(name)!.status!.assignedPod!]);
    const lines = Array.from({ length: 400 }, (_, i) => `line ${i}\n`).join('');
    for (const end of [await following.done, await world.krt(['logs', name])]) {
      expect(end.code, end.stderr).to.equal(0);
      expect(end.stdout).to.equal(lines);
    }
  });

  it('are told as lost where there is no store, and how to keep them', async () => {
    const name = await world.submit(sh('echo gone'));
    const { status } = await world.ended(name);
    await without([status!.assignedPod!]);
    const end = await world.krt(['logs', name]);
    expect([end.code, end.stdout]).to.deep.equal([70, '']);
    expect(end.stderr).to.equal(
      `error: not all of the output of Run ${name} can be shown: attempt 1: Pod ${status!.assignedPod} is gone, and its log with it\n` +
        'with an artifactStore, Runtime bash would keep logs beyond its Pods\n',
    );
  });
});
