import { expect } from 'chai';
import { ApiError } from '../../../../crds/client/api-error.ts';
import { makePod } from '../../../builders/pod.ts';
import { type Following, Scene } from './scene.ts';

describe('the log of a Run whose Pod is gone', () => {
  let scene: Scene;
  beforeEach(() => {
    scene = new Scene();
  });
  afterEach(() => scene.stop.abort());

  /** Attempt `attempt` on Pod `pod`, archived, and the Pod gone. */
  function attempt(pod: string, number: number, last: boolean, outputs: (string | Buffer)[]): void {
    scene.schedule(pod, number);
    scene.print(outputs);
    scene.end();
    scene.keep();
    scene.finish(last ? { phase: 'Failed', reason: 'ExitCode' } : { phase: 'Pending', reason: 'ExitCode' });
    scene.logs.remove(pod);
  }
  const ended = async (following: Following) => {
    // unpacking takes real time
    while (following.missing === undefined) await scene.clock.advance(500);
  };
  const otherPod = () => scene.clients.pods.seed(makePod('other').obj());

  it('is read from the archive through another Pod, of all its attempts', async () => {
    otherPod();
    attempt('p', 1, false, ['one\n', '!two\n']);
    attempt('q', 2, true, ['three\n']);
    const following = scene.follow();
    await ended(following);
    expect([scene.text, following.missing]).to.deep.equal(['one\n!two\nthree\n', []]);
  });

  it('goes on over cuts without a lost or repeated line', async () => {
    otherPod();
    attempt(
      'p',
      1,
      true,
      Array.from({ length: 300 }, (_, i) => `line ${i} ${Math.sin(i)}\n`),
    );
    scene.cuts.push(10, 500, 0, 1000);
    const following = scene.follow();
    await ended(following);
    expect(following.missing).to.deep.equal([]);
    expect(scene.shown).to.deep.equal(Array.from({ length: 300 }, (_, i) => `line ${i} ${Math.sin(i)}\n`));
  });

  it('is shown on from where the Pod went while it was followed, once another Pod is there', async () => {
    const following = scene.follow();
    scene.schedule('p');
    scene.print(['before\n']);
    await scene.clock.advance(1_000);
    expect(scene.text).to.equal('before\n');
    scene.print(['after\n'], { lost: true });
    scene.logs.remove('p');
    scene.keep();
    scene.finish();
    await scene.clock.advance(20_000);
    expect([scene.text, following.missing]).to.deep.equal(['before\n', undefined]);
    otherPod();
    await ended(following);
    expect([scene.text, following.missing]).to.deep.equal(['before\nafter\n', []]);
  });

  it('is told as missing where no Pod comes', async () => {
    attempt('p', 1, true, ['one\n']);
    const following = scene.follow();
    await ended(following);
    expect(following.missing).to.deep.equal([
      {
        attempt: 1,
        why: "Pod p is gone, and the archive can't be read: no Pod of Runtime bash is ready, and its ArtifactStore is read through one",
      },
    ]);
  });

  it('is told as missing, and what it takes, where Pods may not be reached', async () => {
    otherPod();
    attempt('p', 1, true, ['one\n']);
    scene.refusal = new ApiError(403, { reason: 'Forbidden', message: 'pods "other:19092" is forbidden' });
    const following = scene.follow();
    await ended(following);
    expect(following.missing?.[0]?.why).to.equal(
      "Pod p is gone, and the archive can't be read: it takes get on pods/proxy, which the ClusterRole krt-view-artifacts gives",
    );
  });

  it('is told as missing where only another attempt was archived', async () => {
    otherPod();
    attempt('p', 1, false, ['one\n']);
    scene.store.clear();
    attempt('q', 2, true, ['two\n']);
    const following = scene.follow();
    await ended(following);
    expect(scene.text).to.equal('two\n');
    expect(following.missing?.map(({ attempt: number }) => number)).to.deep.equal([1]);
    expect(following.missing?.[0]?.why).to.match(/^Pod p is gone, .* the log of Run a is not in the store any more$/);
  });

  it('fills what was rotated out of the log of a Pod that is there', async () => {
    otherPod();
    scene.schedule('p');
    scene.print(['one\n', 'two\n', 'three\n']);
    scene.end();
    scene.keep();
    scene.finish();
    scene.logs.rotate('p', 2);
    const following = scene.follow();
    await ended(following);
    expect([scene.text, following.missing]).to.deep.equal(['one\ntwo\nthree\n', []]);
  });

  it('is not asked for where the log of the Pod has all', async () => {
    scene.schedule('p');
    scene.print(['one\n']);
    scene.end();
    scene.keep();
    scene.store.clear();
    scene.finish();
    const following = scene.follow();
    await ended(following);
    expect([scene.text, following.missing]).to.deep.equal(['one\n', []]);
  });
});
