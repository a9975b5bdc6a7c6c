import { expect } from 'chai';
import { ApiError, ConnectionError } from '../../../../crds/client/api-error.ts';
import type { Run } from '../../../../crds/v1alpha1/run.ts';
import { nameRun, previewRun, submitRun } from '../../../../plugin/services/run/submit-run.ts';
import { makeFakeClients } from '../../../fakes/clients.ts';
import { FakeClock } from '../../../fakes/clock.ts';

const draft = (metadata: Run['metadata']): Run => ({ metadata, spec: { runtime: 'bash', args: ['true'] } });
const connectionError = (code: string) => new ConnectionError('fake', Object.assign(new Error(code), { code }));

/** Chance that is not one: 0, 0.1, 0.2 … for ever. */
function chance() {
  let i = 0;
  return () => (i++ % 10) / 10;
}

describe('submitting a Run', () => {
  const clients = () => makeFakeClients().runs;
  async function submit(runs: ReturnType<typeof clients>, run: Run, advance = 20_000) {
    const clock = new FakeClock();
    const deps = { runs, namespace: 'team', clock, random: chance(), signal: new AbortController().signal };
    const done = submitRun(run, deps).then(
      made => ({ made, error: undefined }),
      error => ({ made: undefined, error }),
    );
    await clock.advance(advance);
    return { ...(await done), slept: clock.sleeping };
  }

  it('makes it in the namespace, under a name of its own', async () => {
    const runs = clients();
    const { made } = await submit(runs, draft({ generateName: 'job-', labels: { a: 'b' } }));
    expect(made!.metadata.name).to.match(/^job-[b-z2-9]{5}$/);
    expect(made!.metadata).to.deep.include({ namespace: 'team', labels: { a: 'b' } });
    expect(made!.metadata.generateName).to.equal(undefined);
    expect(runs.all()).to.have.lengthOf(1);
  });

  it('makes one Run, and finds it, where answers are lost', async () => {
    for (const metadata of [{ generateName: 'job-' }, { name: 'job' }]) {
      const runs = clients();
      runs.loseReply('create');
      const { made } = await submit(runs, draft(metadata));
      expect(runs.all()).to.have.lengthOf(1);
      expect(made!.metadata.uid).to.equal(runs.all()[0]!.metadata.uid);
    }
  });

  it('does not take for its own a Run that had the name before', async () => {
    const runs = clients();
    runs.seed({ metadata: { name: 'job', namespace: 'team' }, spec: { runtime: 'bash', args: ['true'] } });
    const { error } = await submit(runs, draft({ name: 'job' }));
    expect(error).to.include({ status: 409, reason: 'AlreadyExists' });
    runs.failNext('create', connectionError('ECONNRESET'));
    expect((await submit(runs, draft({ name: 'job' }))).error).to.include({ status: 409, reason: 'AlreadyExists' });
  });

  it('makes up another name where the first is taken', async () => {
    const runs = clients();
    const first = (await submit(runs, draft({ generateName: 'job-' }))).made!.metadata.name;
    const second = (await submit(runs, draft({ generateName: 'job-' }))).made!.metadata.name;
    expect(new Set([first, second]).size).to.equal(2);
  });

  it('tries again where the server is overloaded, when it says so', async () => {
    const runs = clients();
    const busy = new ApiError(429, { code: 429, details: { retryAfterSeconds: 10 } });
    runs.failNext('create', busy);
    const clock = new FakeClock();
    const signal = new AbortController().signal;
    const done = submitRun(draft({ name: 'a' }), { runs, namespace: 'team', clock, random: chance(), signal });
    await clock.advance(9_999);
    expect(runs.all()).to.deep.equal([]);
    await clock.advance(1);
    expect((await done).metadata.name).to.equal('a');
  });

  for (const [title, error] of [
    ['refuses it', new ApiError(422, { code: 422, reason: 'Invalid' })],
    ['does not let us', new ApiError(403, { code: 403 })],
    ['is not there', connectionError('ECONNREFUSED')],
    ['has no address', connectionError('ENOTFOUND')],
  ] as const) {
    it(`gives up at once where the server ${title}`, async () => {
      const runs = clients();
      runs.failNext('create', error);
      expect((await submit(runs, draft({ name: 'a' }), 0)).error).to.equal(error);
      expect(runs.calls).to.have.lengthOf(1);
    });
  }

  it('gives up after some tries', async () => {
    const runs = clients();
    for (let i = 0; i < 100; i++) runs.failNext('create', connectionError('ECONNRESET'));
    const { error, slept } = await submit(runs, draft({ name: 'a' }));
    expect([error.code, runs.calls.length, slept]).to.deep.equal(['ECONNRESET', 5, 0]);
  });

  it('stores nothing for a preview, and marks nothing', async () => {
    const runs = clients();
    const deps = {
      runs,
      namespace: 'team',
      clock: new FakeClock(),
      random: chance(),
      signal: new AbortController().signal,
    };
    const preview = await previewRun(draft({ generateName: 'job-' }), deps);
    expect(preview.metadata.uid).to.be.a('string');
    expect(preview.metadata.annotations).to.equal(undefined);
    expect(runs.all()).to.deep.equal([]);
    expect(nameRun(draft({ generateName: 'job-' }), () => 0).metadata).to.deep.equal({ name: 'job-bbbbb' });
  });
});
