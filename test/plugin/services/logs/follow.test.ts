import { expect } from 'chai';
import { ApiError, ConnectionError } from '../../../../crds/client/api-error.ts';
import { asItIs } from '../../../../plugin/services/track.ts';
import { Scene } from './scene.ts';

describe('following the logs of a Run', () => {
  let scene: Scene;
  beforeEach(() => {
    scene = new Scene();
  });
  afterEach('leaves nothing behind', async () => {
    scene.stop.abort();
    await scene.settle();
    expect([scene.clock.sleeping, scene.logs.following, scene.clients.runs.log.open]).to.deep.equal([0, 0, 0]);
  });

  it('shows lines as they appear, from Pending to the end', async () => {
    const following = scene.follow();
    await scene.settle();
    expect(scene.logs.calls).to.deep.equal([]);
    scene.schedule('p');
    scene.print(['one\n']);
    await scene.settle();
    expect(scene.text).to.equal('one\n');
    scene.print(['!two\n', 'thr', 'ee']);
    scene.end();
    await scene.settle();
    expect(scene.shown).to.deep.equal(['one\n', '!two\n', 'thr', 'ee']);
    expect(following.missing).to.equal(undefined);
    scene.finish();
    await scene.settle();
    expect(following.missing).to.deep.equal([]);
    expect(scene.logs.calls).to.have.lengthOf(1);
  });

  it('does not look through the long log of a Pod for what has just begun', async () => {
    for (let i = 0; i < 3000; i++) scene.logs.write('p', `{"time":"old","run_uid":"uid-b","seq":${i}}\n`);
    scene.logs.chunkBytes = 1000;
    const following = scene.follow();
    await scene.settle();
    scene.schedule('p');
    await scene.settle();
    expect(scene.logs.calls[0]).to.include({ tailLines: 2000 });
    scene.print(['one\n']);
    scene.end();
    scene.finish();
    await scene.settle();
    expect([scene.text, following.missing, scene.logs.calls.length]).to.deep.equal(['one\n', [], 1]);
  });

  it('looks further up where others have written very much meanwhile', async () => {
    const following = scene.follow();
    await scene.settle();
    scene.schedule('p');
    scene.print(['one\n']);
    for (let i = 0; i < 2000; i++) scene.logs.write('p', `{"time":"now","run_uid":"uid-b","seq":${i}}\n`);
    scene.print(['two\n']);
    scene.logs.chunkBytes = 1000;
    await scene.settle();
    expect(scene.text).to.equal('one\ntwo\n');
    scene.end();
    scene.finish();
    await scene.clock.advance(1000);
    expect(following.missing).to.deep.equal([]);
  });

  it('looks at the whole log of an attempt that began before', async () => {
    scene.schedule('p');
    scene.follow();
    await scene.settle();
    expect(scene.logs.calls[0]).to.not.have.property('tailLines');
  });

  it('needs no time, and one request, for a Run that ends at once', async () => {
    const following = scene.follow();
    scene.schedule('p');
    scene.print(['quick\n']);
    scene.end();
    scene.finish();
    await scene.settle();
    expect([scene.text, following.missing, scene.logs.calls.length]).to.deep.equal(['quick\n', [], 1]);
  });

  it('asks for no log where the status says that there are no lines', async () => {
    scene.schedule('p');
    scene.finish();
    const following = scene.follow();
    await scene.settle();
    expect([following.missing, scene.logs.calls]).to.deep.equal([[], []]);
  });

  it('shows nothing, and misses nothing, of a Run that never had a Pod', async () => {
    const following = scene.follow();
    scene.set({ phase: 'Cancelled', reason: 'Cancelled' });
    await scene.settle();
    expect([scene.text, following.missing, scene.logs.calls]).to.deep.equal(['', [], []]);
  });

  it('waits for lines that reach the log after the Run has ended', async () => {
    const following = scene.follow();
    scene.schedule('p');
    scene.print(['early\n']);
    await scene.settle();
    scene.finish({ phase: 'Succeeded', reason: 'Completed' }, 2);
    await scene.clock.advance(1500);
    expect(following.missing).to.equal(undefined);
    scene.print(['late\n'], { pod: 'p' });
    await scene.settle();
    expect([scene.text, following.missing]).to.deep.equal(['early\nlate\n', []]);
  });

  it('ends when the last line is there, although the end line never comes', async () => {
    const following = scene.follow();
    scene.schedule('p');
    scene.print(['all\n']);
    await scene.settle();
    scene.finish();
    await scene.settle();
    expect(following.missing).to.deep.equal([]);
  });

  it('turns away the lines of other Runs, of runtimed itself and of whoever imitates us', async () => {
    const following = scene.follow();
    scene.schedule('p');
    scene.logs.write('p', '{"level":30,"time":1,"msg":"runtimed says uid-a"}\n');
    scene.logs.write(
      'p',
      `{"run_uid":"uid-b","attempt":1,"seq":1,"stream":"stdout","message":"uid-a"}\nno JSON uid-a\n`,
    );
    scene.print([`{"run_uid":"uid-a","attempt":1,"seq":2,"stream":"stdout","message":"forged"}\n`]);
    scene.end();
    scene.finish();
    await scene.settle();
    expect(scene.shown).to.have.lengthOf(1);
    expect(JSON.parse(scene.text)).to.include({ seq: 2, message: 'forged' });
    expect(following.missing).to.deep.equal([]);
  });

  it('loses and repeats nothing wherever a connection is cut', async () => {
    const outputs = ['one\n', '!two é\n', Buffer.from([0xff, 0, 10]), 'four'];
    const whole = new Scene();
    whole.schedule('p');
    whole.print(outputs);
    whole.end();
    const size = (await collect(await whole.logs.open('p', 'default', { container: 'runtimed' }))).length;
    for (let cut = 0; cut <= size; cut++) {
      scene = new Scene();
      scene.logs.chunkBytes = 1 + (cut % 7);
      scene.schedule('p');
      scene.print(outputs);
      scene.end();
      scene.logs.failNext(cut);
      const following = scene.follow();
      await scene.settle();
      scene.finish({ phase: 'Succeeded' }, 4);
      await scene.clock.advance(2000);
      expect(scene.shown, `cut after ${cut}`).to.deep.equal(['one\n', '!two é\n', '\ufffd\u0000\n', 'four']);
      expect(following.missing, `cut after ${cut}`).to.deep.equal([]);
      scene.stop.abort();
    }
  });

  it('goes on after connections that broke, from about where it was', async () => {
    const following = scene.follow();
    scene.schedule('p');
    for (let i = 0; i < 5; i++) {
      scene.print([`line ${i}\n`]);
      await scene.settle();
      scene.logs.cut();
      await scene.clock.advance(60_000);
    }
    scene.end();
    scene.finish();
    await scene.settle();
    expect([scene.text, following.missing]).to.deep.equal([[0, 1, 2, 3, 4].map(i => `line ${i}\n`).join(''), []]);
    const since = scene.logs.calls.map(({ sinceTime }) => Date.parse(sinceTime!));
    expect(since.at(-1)! - since[0]!).to.be.at.least(200_000);
  });

  it('does not hammer an API server that ends every log at once', async () => {
    scene.follow();
    scene.schedule('p');
    for (let i = 0; i < 1000; i++) scene.logs.failNext(new ApiError(503, { code: 503 }));
    await scene.clock.advance(60_000);
    expect(scene.logs.calls.length).to.be.within(10, 20);
  });

  for (const [title, clocks] of [
    ['is behind', -3_600_000],
    ['is ahead', 3_600_000],
  ] as const) {
    it(`shows all where the clock of the Pod ${title} by an hour`, async () => {
      const following = scene.follow();
      scene.schedule('p');
      scene.print(['one\n'], { at: scene.clock.now() + clocks });
      await scene.settle();
      scene.print(['two\n'], { at: scene.clock.now() + clocks });
      await scene.settle();
      scene.finish();
      await scene.clock.advance(10_000);
      expect([scene.text, following.missing]).to.deep.equal(['one\ntwo\n', []]);
    });
  }

  it('looks further back where the first lines are older than it has asked for', async () => {
    scene.schedule('p');
    scene.print(['one\n'], { at: scene.clock.now() - 60_000 });
    scene.print(['two\n']);
    const following = scene.follow();
    await scene.settle();
    expect(scene.text).to.equal('one\ntwo\n');
    scene.finish();
    await scene.settle();
    expect(following.missing).to.deep.equal([]);
  });

  it('shows every attempt, on whichever Pod it was, in order', async () => {
    const following = scene.follow();
    for (const [attempt, pod] of [
      [1, 'p'],
      [2, 'q'],
      [3, 'p'],
    ] as const) {
      scene.schedule(pod, attempt);
      scene.print([`attempt ${attempt} begins\n`]);
      await scene.settle();
      scene.print([`attempt ${attempt} ends\n`]);
      scene.end();
      scene.finish(attempt === 3 ? { phase: 'Failed', reason: 'ExitCode' } : { phase: 'Pending', reason: 'ExitCode' });
      await scene.clock.advance(1000);
    }
    expect(scene.text).to.equal([1, 2, 3].map(n => `attempt ${n} begins\nattempt ${n} ends\n`).join(''));
    expect(following.missing).to.deep.equal([]);
  });

  it('shows every attempt of a Run that ended long ago', async () => {
    for (const attempt of [1, 2, 3]) {
      scene.schedule('p', attempt);
      scene.print([`attempt ${attempt}\n`]);
      scene.end();
      scene.finish({ phase: attempt === 3 ? 'Succeeded' : 'Pending', reason: 'ExitCode' });
      await scene.clock.advance(60_000);
    }
    await scene.clock.advance(3_600_000);
    const following = scene.follow();
    await scene.settle();
    expect([scene.text, following.missing]).to.deep.equal(['attempt 1\nattempt 2\nattempt 3\n', []]);
    expect(scene.logs.calls.every(({ follow }) => !follow)).to.equal(true);
  });

  it('finds attempts that the status no longer lists on the Pods that it does', async () => {
    for (let attempt = 1; attempt <= 12; attempt++) {
      scene.schedule('p', attempt);
      scene.print([`${attempt}\n`]);
      scene.end();
      scene.finish({ phase: attempt === 12 ? 'Failed' : 'Pending', reason: 'ExitCode' });
    }
    scene.set({ attempts: scene.run.status!.attempts!.slice(-10) });
    const following = scene.follow();
    await scene.settle();
    expect(scene.text).to.equal(Array.from({ length: 12 }, (_, i) => `${i + 1}\n`).join(''));
    expect(following.missing).to.deep.equal([]);
  });

  it('moves to another Pod where an assignment was given back', async () => {
    const following = scene.follow();
    scene.schedule('p');
    await scene.settle();
    scene.set({ phase: 'Pending', assignedPod: null, attempt: 0 });
    await scene.settle();
    expect(scene.logs.following).to.equal(0);
    scene.schedule('q', 1);
    scene.print(['at last\n']);
    scene.end();
    scene.finish();
    await scene.settle();
    expect([scene.text, following.missing]).to.deep.equal(['at last\n', []]);
  });

  it('says what went with a Pod, and shows the attempt after it', async () => {
    const following = scene.follow();
    scene.schedule('p');
    scene.print(['before\n']);
    await scene.settle();
    scene.print(['never seen\n'], { lost: true });
    scene.logs.remove('p');
    await scene.clock.advance(3000);
    scene.lose('Pending');
    await scene.clock.advance(3000);
    scene.schedule('q', 2);
    scene.print(['after\n']);
    scene.end();
    scene.finish();
    await scene.clock.advance(3000);
    expect(scene.text).to.equal('before\nafter\n');
    expect(following.missing).to.deep.equal([{ attempt: 1, why: 'Pod p is gone, and its log with it' }]);
  });

  it('says that the end may be missing where the Pod was lost but its log is there', async () => {
    const following = scene.follow();
    scene.schedule('p');
    scene.print(['before\n']);
    scene.lose();
    await scene.clock.advance(10_000);
    expect(scene.text).to.equal('before\n');
    expect(following.missing).to.deep.equal([{ attempt: 1, why: 'its end is not in the log of Pod p' }]);
  });

  it('goes on where a restarted runtimed writes the same lines again', async () => {
    const following = scene.follow();
    scene.schedule('p');
    scene.print(['one\n', 'two\n']);
    await scene.settle();
    scene.logs.restart('p');
    scene.renumber();
    scene.print(['one\n', 'two\n', 'three\n']);
    scene.end();
    scene.finish();
    await scene.clock.advance(5000);
    expect([scene.text, following.missing]).to.deep.equal(['one\ntwo\nthree\n', []]);
  });

  it('reads what a restarted runtimed wrote before, where it could not be read again', async () => {
    scene.schedule('p');
    scene.print(['one\n', 'two\n']);
    scene.logs.restart('p');
    scene.renumber();
    scene.end();
    scene.finish({ phase: 'Failed', reason: 'RuntimeCrashed' });
    const following = scene.follow();
    await scene.clock.advance(5000);
    expect([scene.text, following.missing]).to.deep.equal(['one\ntwo\n', []]);
  });

  it('reads the previous log where runtimed was restarted behind the end', async () => {
    scene.schedule('p');
    scene.print(['one\n']);
    scene.end();
    scene.finish();
    scene.logs.restart('p');
    const following = scene.follow();
    await scene.clock.advance(5000);
    expect([scene.text, following.missing]).to.deep.equal(['one\n', []]);
  });

  it('says how many lines a rotation took', async () => {
    scene.schedule('p');
    scene.print(['one\n', 'two\n', 'three\n']);
    scene.end();
    scene.finish();
    scene.logs.rotate('p', 2);
    const following = scene.follow();
    await scene.clock.advance(10_000);
    expect(scene.text).to.equal('three\n');
    expect(following.missing).to.deep.equal([{ attempt: 1, why: '2 of its lines are no longer in the log of Pod p' }]);
  });

  it('ends where the lines of a busy Pod show that no more will come', async () => {
    scene.schedule('p');
    scene.print(['lost\n'], { lost: true });
    scene.finish();
    const following = scene.follow();
    const other = (ms: number) => `{"time":"${new Date(scene.clock.now() + ms).toISOString()}","run_uid":"uid-b"}\n`;
    const noise = (async () => {
      for (let i = 0; i < 100 && !following.missing; i++) {
        scene.logs.write('p', other(0));
        await scene.clock.advance(1000);
      }
    })();
    await noise;
    expect(following.missing).to.deep.equal([{ attempt: 1, why: 'its end is not in the log of Pod p' }]);
  });

  it('ends with what there is when the Run is deleted', async () => {
    const following = scene.follow();
    scene.schedule('p');
    scene.print(['one\n']);
    await scene.settle();
    scene.end();
    scene.clients.runs.remove('a');
    await scene.settle();
    expect([scene.text, following.missing]).to.deep.equal(['one\n', []]);
  });

  it('takes no time of the reader of its output for silence', async () => {
    const following = scene.follow();
    scene.schedule('p');
    const gate = Promise.withResolvers<void>();
    scene.full = gate.promise;
    scene.print(['one\n', 'two\n', 'three\n']);
    scene.end();
    await scene.settle();
    scene.finish();
    await scene.clock.advance(60_000);
    expect(scene.text).to.equal('one\n');
    gate.resolve();
    await scene.settle();
    expect([scene.text, following.missing, scene.logs.calls.length]).to.deep.equal(['one\ntwo\nthree\n', [], 1]);
  });

  it('throws where it may not read the log', async () => {
    const following = scene.follow();
    scene.logs.failNext(new ApiError(403, { code: 403, message: 'pods/log is forbidden' }));
    scene.schedule('p');
    await scene.settle();
    expect(following.error).to.include({ status: 403 });
  });

  it('throws where no API server answers any more', async () => {
    scene.schedule('p');
    scene.print(['one\n']);
    scene.finish();
    for (let i = 0; i < 10; i++) scene.logs.failNext(new ConnectionError('fake', new Error('refused')));
    const following = scene.follow();
    await scene.clock.advance(10_000);
    expect(following.error).to.be.instanceOf(ConnectionError);
  });

  it('throws what ends the watch of the Run', async () => {
    const following = scene.follow();
    scene.schedule('p');
    await scene.settle();
    scene.clients.runs.failNext('watch', new ApiError(403, { code: 403 }));
    scene.clients.runs.log.close();
    await scene.clock.advance(1000);
    expect(following.error).to.include({ status: 403 });
  });

  it('shows only the attempts that are asked for', async () => {
    for (const attempt of [1, 2, 3]) {
      scene.schedule('p', attempt);
      scene.print([`attempt ${attempt}\n`]);
      scene.end();
      scene.finish({ phase: attempt === 3 ? 'Failed' : 'Pending', reason: 'ExitCode' });
    }
    scene.follow({ first: 2, last: 2 });
    await scene.settle();
    expect(scene.text).to.equal('attempt 2\n');
  });

  it('shows what there is now of a Run that goes on, and goes on from there', async () => {
    scene.schedule('p');
    scene.print(['one\n']);
    const reader = scene.reader(asItIs(scene.run));
    expect(await reader.snapshot()).to.deep.equal([]);
    expect(scene.text).to.equal('one\n');
    scene.print(['two\n']);
    expect(await reader.snapshot()).to.deep.equal([]);
    expect(scene.text).to.equal('one\ntwo\n');
  });
});

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
