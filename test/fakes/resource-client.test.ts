import { expect } from 'chai';
import { ApiError, ConnectionError } from '../../crds/client/api-error.ts';
import { ACTIVE_RUNS_SELECTOR } from '../../crds/v1alpha1/run.ts';
import { makeRun } from '../builders/run.ts';
import { makeFakeClients } from './clients.ts';
import { settle } from './clock.ts';

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: ApiError) => error,
  );

/** Event types and names that a watch of active Runs tells while `act` runs. */
async function watched(act: (clients: ReturnType<typeof makeFakeClients>) => Promise<unknown>): Promise<string[]> {
  const clients = makeFakeClients();
  const stop = new AbortController();
  const told: string[] = [];
  const options = { fieldSelector: ACTIVE_RUNS_SELECTOR, resourceVersion: '100', signal: stop.signal };
  const watch = (async () => {
    for await (const event of clients.runs.watch('default', options)) {
      told.push(`${event.type} ${'name' in event.object.metadata ? event.object.metadata.name : ''}`);
    }
  })().catch(error => told.push(error === stop.signal.reason ? 'aborted' : (error as Error).message));
  await settle();
  await act(clients);
  await settle();
  stop.abort();
  await watch;
  return told;
}

describe('FakeResourceClient', () => {
  it('takes no status on create, and only the status through its subresource', async () => {
    const { runs } = makeFakeClients();
    const created = await runs.create(makeRun('a').scheduled('pod').obj());
    expect(created.status).to.deep.equal({ phase: 'Pending' });
    await runs.patch('a', 'default', { status: { phase: 'Running' }, spec: { cancelRequested: true } });
    expect(runs.peek('a')?.status?.phase).to.equal('Pending');
    await runs.patch(
      'a',
      'default',
      { status: { phase: 'Running' }, spec: { priority: 9 } },
      { subresource: 'status' },
    );
    expect(runs.peek('a')?.status?.phase).to.equal('Running');
    expect(runs.peek('a')?.spec).to.deep.include({ cancelRequested: true });
    expect(runs.peek('a')?.spec).not.to.have.property('priority');
  });

  it('refuses a write with an old resourceVersion, another UID, or a failing JSON test', async () => {
    const { runs } = makeFakeClients();
    const old = runs.seed(makeRun('a').obj());
    await runs.patch('a', 'default', { spec: { cancelRequested: true } });
    const stale = { metadata: { resourceVersion: old.metadata.resourceVersion }, status: { phase: 'Running' } };
    expect((await failure(runs.patch('a', 'default', stale, { subresource: 'status' })))?.status).to.equal(409);
    expect((await failure(runs.delete('a', 'default', { preconditions: { uid: 'other' } })))?.status).to.equal(409);
    const test = [{ op: 'test' as const, path: '/status/phase', value: 'Running' }];
    expect((await failure(runs.patch('a', 'default', test)))?.status).to.equal(422);
  });

  it('tells a watcher DELETED when an object leaves its selection', async () => {
    const told = await watched(async ({ runs }) => {
      runs.seed(makeRun('a').obj());
      await runs.patch('a', 'default', { status: { phase: 'Failed' } }, { subresource: 'status' });
      runs.seed(makeRun('b').namespace('elsewhere').obj());
    });
    expect(told).to.deep.equal(['ADDED a', 'DELETED a', 'aborted']);
  });

  it('holds events back, closes watches, and forgets history when told to', async () => {
    const held = await watched(async ({ runs }) => {
      runs.log.hold();
      runs.seed(makeRun('a').obj());
      await settle();
      runs.log.close();
      runs.log.release();
    });
    expect(held).to.deep.equal([]);
    const { runs } = makeFakeClients();
    runs.log.forget(200);
    const late = failure(runs.watch('default', { resourceVersion: '150' })[Symbol.asyncIterator]().next());
    expect((await late)?.status).to.equal(410);
  });

  it('fails a call before, or loses its answer after, it took place', async () => {
    const { runs } = makeFakeClients();
    runs.failNext('create', new ApiError(500, {}));
    expect((await failure(runs.create(makeRun('a').obj())))?.status).to.equal(500);
    expect(runs.peek('a')).to.equal(undefined);
    runs.loseReply('create');
    expect(await failure(runs.create(makeRun('a').obj()))).to.be.instanceOf(ConnectionError);
    expect(runs.peek('a')?.metadata.name).to.equal('a');
  });

  it('lists by labels and fields', async () => {
    const { runs } = makeFakeClients();
    runs.seed(
      makeRun('a')
        .meta({ labels: { x: '1' } })
        .obj(),
    );
    runs.seed(
      makeRun('b')
        .meta({ labels: { x: '2' } })
        .ended()
        .obj(),
    );
    const names = async (selection: object) =>
      (await runs.list(undefined, selection)).items.map(run => run.metadata.name);
    expect(await names({ fieldSelector: ACTIVE_RUNS_SELECTOR })).to.deep.equal(['a']);
    expect(await names({ labelSelector: 'x in (2, 3)' })).to.deep.equal(['b']);
    expect(await names({ labelSelector: 'x!=2,x' })).to.deep.equal(['a']);
    expect(await names({ fieldSelector: 'metadata.name=b' })).to.deep.equal(['b']);
  });
});
