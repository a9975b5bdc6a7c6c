import { expect } from 'chai';
import { ConnectionError } from '../../../crds/client/api-error.ts';
import { cancelRuns } from '../../../plugin/services/cancel-runs.ts';
import { activeRunNames, findRuns, parseWantedRuns } from '../../../plugin/services/find-runs.ts';
import { makeRun } from '../../builders/run.ts';
import { type FakeClients, makeFakeClients } from '../../fakes/clients.ts';
import { FakeClock } from '../../fakes/clock.ts';

describe('cancelling Runs', () => {
  let clients: FakeClients;
  const clock = new FakeClock();
  const signal = new AbortController().signal;
  beforeEach(() => {
    clients = makeFakeClients();
    clients.runs.seed(
      makeRun('on')
        .running('p')
        .meta({ labels: { team: 'x' } })
        .obj(),
    );
    clients.runs.seed(
      makeRun('ended')
        .ended('Succeeded')
        .meta({ labels: { team: 'x' } })
        .obj(),
    );
  });

  /** Cancels; `told` are the Runs that were told, with `late` where we came too late. */
  async function cancel(names: string[], { wait = false, meanwhile = () => {} } = {}) {
    const told: string[] = [];
    const onCancelled = async (
      { metadata, status }: { metadata: { name?: string }; status?: { phase?: string } },
      late: boolean,
    ) => void told.push(`${metadata.name} ${status?.phase}${late ? ' late' : ''}`);
    const deps = { runs: clients.runs, namespace: 'default', clock, signal, wait, onCancelled };
    const done = cancelRuns(names, deps).then(
      () => undefined,
      error => error,
    );
    await clock.advance(0);
    meanwhile();
    await clock.advance(5000);
    return { error: await done, told };
  }

  it('asks for it with one patch, and does not wait', async () => {
    expect(await cancel(['on'])).to.deep.equal({ error: undefined, told: ['on Running'] });
    expect(clients.runs.peek('on')?.spec.cancelRequested).to.equal(true);
    expect(clients.runs.calls.map(({ verb }) => verb)).to.deep.equal(['patch']);
  });

  it('waits for the end where that is wanted', async () => {
    const meanwhile = () => void clients.runs.seed({ ...clients.runs.peek('on')!, status: { phase: 'Cancelled' } });
    expect(await cancel(['on'], { wait: true, meanwhile })).to.deep.equal({ error: undefined, told: ['on Cancelled'] });
    expect([clock.sleeping, clients.runs.log.open]).to.deep.equal([0, 0]);
  });

  it('says that it came too late', async () => {
    expect((await cancel(['ended'])).told).to.deep.equal(['ended Succeeded late']);
    expect((await cancel(['ended'], { wait: true })).told).to.deep.equal(['ended Succeeded late']);
  });

  it('cancels the others where one fails, and then says which did', async () => {
    const { error, told } = await cancel(['none', 'on', 'nil']);
    expect(told).to.deep.equal(['on Running']);
    expect(error).to.include({ exitCode: 64, message: 'Run "none" not found\nRun "nil" not found' });
  });

  it('asks again where an answer is lost', async () => {
    clients.runs.loseReply('patch');
    clients.runs.failNext('patch', new ConnectionError('fake', new Error('cut')));
    expect(await cancel(['on'])).to.deep.equal({ error: undefined, told: ['on Running'] });
  });

  it('is about the Runs that are named or, of those selected, the ones that go on', async () => {
    const deps = { runs: clients.runs, namespace: 'default', signal };
    expect(await activeRunNames(parseWantedRuns(['a', 'run/a', 'b'], undefined), deps)).to.deep.equal(['a', 'b']);
    expect(await activeRunNames(parseWantedRuns([], 'team=x'), deps)).to.deep.equal(['on']);
    const selected = await findRuns(parseWantedRuns([], 'team=x'), deps);
    expect(selected.map(run => run.metadata.name)).to.deep.equal(['on', 'ended']);
    const none = await findRuns(parseWantedRuns([], 'team=y'), deps).catch(error => error);
    expect(none).to.include({ exitCode: 64, message: 'no Run in namespace default is selected by "team=y"' });
  });

  for (const [words, selector] of [
    [[], undefined],
    [['a'], 'x=y'],
    [['runtime/a'], undefined],
    [['A_b'], undefined],
  ] as const) {
    it(`refuses ${JSON.stringify([words, selector])}`, () => {
      expect(() => parseWantedRuns(words, selector))
        .to.throw()
        .and.include({ exitCode: 64 });
    });
  }
});
