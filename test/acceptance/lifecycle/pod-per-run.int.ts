import { expect } from 'chai';
import { sh, useWorld } from '../harness/world.ts';

describe('isolation PodPerRun', () => {
  const world = useWorld('one', { bash: { replicas: 2, capacity: {}, isolation: 'PodPerRun' } });

  /** Pods that have been there, by name. */
  const ready = () => world.ready('bash', 2);

  it('executes each Run on a Pod of its own, and deletes the Pod after it', async () => {
    const names = await Promise.all([1, 2, 3, 4].map(i => world.submit(sh(`echo run ${i}`))));
    const ends = await Promise.all(names.map(name => world.ended(name)));
    expect(ends.map(({ status }) => status?.phase)).to.deep.equal(Array(4).fill('Succeeded'));
    const pods = ends.map(({ status }) => status?.logRef?.pod ?? '');
    expect(new Set(pods).size).to.equal(4);
    for (const name of pods) await world.pods.until(`the end of Pod ${name}`, () => !world.pods.get(name));
    await ready();
  });

  it('gives the next attempt a Pod of its own, too', async () => {
    const retryPolicy = { maxAttempts: 2, backoff: '10ms' };
    const { status } = await world.ended(await world.submit(sh('exit 3', { retryPolicy })));
    expect(status).to.include({ phase: 'Failed', reason: 'ExitCode', attempt: 2 });
    const [first, second] = status?.attempts ?? [];
    expect(first?.podUID).to.be.a('string').and.not.equal(second?.podUID);
    await ready();
  });

  it('leaves nothing on disk for the next one', async () => {
    const leave = await world.ended(await world.submit(sh('echo secret >$HOME/secret; touch ../../../left-behind')));
    expect(leave.status?.phase).to.equal('Succeeded');
    const look = await world.ended(
      await world.submit(sh('ls ../../.. >>"$TMPDIR/names"; grep -c left-behind "$TMPDIR/names"')),
    );
    expect(look.status).to.include({ phase: 'Failed', exitCode: 1 });
    await ready();
  });

  it('is what krt runtime describe tells', async () => {
    const { stdout } = await world.krt(['runtime', 'describe', 'bash']);
    expect(stdout)
      .to.match(/^Isolation: +PodPerRun$/m)
      .and.match(/^Each Pod: +runs=1$/m);
  });
});
