import { expect } from 'chai';
import { startInformer } from '../../../agents/lib/informer.ts';
import { ApiError } from '../../../crds/client/api-error.ts';
import { ACTIVE_RUNS_SELECTOR, isTerminal, type Run } from '../../../crds/v1alpha1/run.ts';
import { makeRun } from '../../builders/run.ts';
import { makeFakeClients } from '../../fakes/clients.ts';
import { FakeClock, settle } from '../../fakes/clock.ts';

function start(transform?: (run: Run) => Run, { runs } = makeFakeClients()) {
  const clock = new FakeClock();
  const stop = new AbortController();
  const retries: unknown[] = [];
  const informer = startInformer({
    client: runs,
    clock,
    signal: stop.signal,
    fieldSelector: ACTIVE_RUNS_SELECTOR,
    selects: run => !isTerminal(run),
    onRetry: error => retries.push(error),
    ...(transform && { transform }),
  });
  const names = () => [...informer.values()].map(run => run.metadata.name);
  return { runs, clock, stop, informer, names, retries };
}

describe('startInformer', () => {
  it('is synced after the first list, and follows what comes, goes, and leaves the selection', async () => {
    const { runs, stop, informer, names } = start();
    runs.seed(makeRun('a').obj());
    expect(informer.hasSynced()).to.equal(false);
    await informer.synced;
    expect(names()).to.deep.equal(['a']);
    await settle();
    runs.seed(makeRun('b').obj());
    runs.seed(makeRun('c').obj());
    runs.seed(makeRun('a').ended().obj());
    runs.remove('b');
    await settle();
    expect(names()).to.deep.equal(['c']);
    stop.abort();
  });

  it('notices what was deleted while its watch was gone and its history forgotten', async () => {
    const { runs, stop, clock, names, retries } = start();
    runs.seed(makeRun('a').obj());
    await settle();
    runs.log.close(new ApiError(410, { code: 410, reason: 'Expired' }));
    runs.remove('a');
    runs.seed(makeRun('b').obj());
    await clock.advance(1000);
    expect(names()).to.deep.equal(['b']);
    expect(retries).to.have.length(1);
    stop.abort();
  });

  it('keeps only what the transform keeps, also of what is put', async () => {
    const { runs, stop, informer } = start(({ spec: { source: _, ...spec }, ...run }) => ({ ...run, spec }));
    runs.seed(makeRun('a').obj());
    await informer.synced;
    expect(informer.get('a', 'default')?.spec).to.deep.equal({ runtime: 'bash' });
    runs.log.hold();
    informer.put(await runs.patch('a', 'default', { spec: { priority: 3 } }));
    expect(informer.get('a', 'default')?.spec).to.deep.equal({ runtime: 'bash', priority: 3 });
    stop.abort();
  });

  it('lets go of a Run that a put shows as ended', async () => {
    const { runs, stop, informer, names } = start();
    runs.seed(makeRun('a').obj());
    await informer.synced;
    runs.log.hold();
    informer.put(await runs.patch('a', 'default', { status: { phase: 'Failed' } }, { subresource: 'status' }));
    expect(names()).to.deep.equal([]);
    stop.abort();
  });

  it('rejects synced and leaves no timer when it is stopped before the first list', async () => {
    const clients = makeFakeClients();
    clients.runs.failNext('list', new ApiError(503, { code: 503 }));
    const { stop, informer, clock } = start(undefined, clients);
    await settle();
    stop.abort(new Error('stopped'));
    const outcome = await informer.synced.catch((error: Error) => error.message);
    expect(outcome).to.equal('stopped');
    expect(clock.sleeping).to.equal(0);
  });
});
