import { expect } from 'chai';
import { ApiError } from '../../../../crds/client/api-error.ts';
import type { RunStatus } from '../../../../crds/v1alpha1/run.ts';
import { parseWaitTargets, type WaitFlags, waitForTargets } from '../../../../plugin/services/wait/wait-for-targets.ts';
import { parseGoal } from '../../../../plugin/services/wait/wait-goal.ts';
import { makeRun } from '../../../builders/run.ts';
import { makeRuntime } from '../../../builders/runtime.ts';
import { type FakeClients, makeFakeClients } from '../../../fakes/clients.ts';
import { FakeClock } from '../../../fakes/clock.ts';

const succeeded: RunStatus = { phase: 'Succeeded', reason: 'Completed', exitCode: 0 };
const failed = (exitCode: number): RunStatus => ({ phase: 'Failed', reason: 'ExitCode', exitCode });

describe('waiting', () => {
  let clients: FakeClients;
  let clock: FakeClock;
  let stop: AbortController;
  let met: string[];
  beforeEach(() => {
    clients = makeFakeClients();
    clock = new FakeClock();
    stop = new AbortController();
    met = [];
    for (const name of ['a', 'b', 'c']) clients.runs.seed(makeRun(name).obj());
  });
  afterEach('leaves nothing behind', async () => {
    stop.abort();
    await clock.advance(0);
    expect([clock.sleeping, clients.runs.log.open]).to.deep.equal([0, 0]);
  });

  const set = (name: string, status: RunStatus) =>
    void clients.runs.seed({ ...clients.runs.peek(name)!, status: { ...clients.runs.peek(name)!.status, ...status } });

  /** Waits; `over` is the exit code or the error once it has ended. */
  function wait(words: string[], goal = 'terminal', options: { timeoutMs?: number } & WaitFlags = {}) {
    const waiting: { over: number | Error | undefined } = { over: undefined };
    const targets = parseWaitTargets(words, options, parseGoal(goal));
    waitForTargets(targets, {
      clients,
      namespace: 'default',
      clock,
      signal: stop.signal,
      timeoutMs: options.timeoutMs,
      onMet: async (kind, name) => void met.push(`${kind}/${name}`),
    }).then(
      code => {
        waiting.over = code;
      },
      error => {
        waiting.over = error;
      },
    );
    return waiting;
  }

  it('ends with the exit code of the one Run that it waited for', async () => {
    const waiting = wait(['a']);
    await clock.advance(0);
    expect(waiting.over).to.equal(undefined);
    set('a', failed(3));
    await clock.advance(0);
    expect([waiting.over, met]).to.deep.equal([3, ['run.kruntimes.io/a']]);
  });

  it('watches nothing where the Run has ended already', async () => {
    set('a', { phase: 'Timeout', reason: 'Timeout' });
    const waiting = wait(['run/a']);
    await clock.advance(0);
    expect([waiting.over, clients.runs.calls.map(({ verb }) => verb)]).to.deep.equal([124, ['get']]);
  });

  it('ends with the code of the first of many that did not succeed, when all have ended', async () => {
    const waiting = wait(['a', 'b', 'c', 'b']);
    await clock.advance(0);
    set('c', failed(7));
    set('a', succeeded);
    await clock.advance(0);
    expect([waiting.over, met.length]).to.deep.equal([undefined, 2]);
    set('b', failed(5));
    await clock.advance(0);
    expect([waiting.over, met]).to.deep.equal([5, ['c', 'a', 'b'].map(name => `run.kruntimes.io/${name}`)]);
  });

  it('gives up at its deadline, and says on what', async () => {
    const waiting = wait(['a', 'b'], 'terminal', { timeoutMs: 5000 });
    await clock.advance(1000);
    set('a', succeeded);
    await clock.advance(3999);
    expect(waiting.over).to.equal(undefined);
    await clock.advance(1);
    expect(waiting.over).to.include({ exitCode: 75, message: 'timed out waiting for run.kruntimes.io/b' });
  });

  it('looks once with a deadline of 0', async () => {
    set('a', succeeded);
    const [there, missing] = [wait(['a'], 'terminal', { timeoutMs: 0 }), wait(['b'], 'terminal', { timeoutMs: 0 })];
    await clock.advance(0);
    expect(there.over).to.equal(0);
    expect(missing.over).to.include({ exitCode: 75 });
  });

  it('fails at once where one is not there', async () => {
    const waiting = wait(['a', 'none']);
    await clock.advance(0);
    expect(waiting.over).to.be.instanceOf(ApiError).and.include({ status: 404 });
  });

  it('fails where a Run is deleted before it ended', async () => {
    const waiting = wait(['a']);
    await clock.advance(0);
    clients.runs.remove('a');
    await clock.advance(0);
    expect(waiting.over).to.include({ exitCode: 70, message: 'run.kruntimes.io/a was deleted meanwhile' });
  });

  it('waits for a condition, and fails where a Run has ended without it', async () => {
    const running = [wait(['a'], 'jsonpath={.status.phase}=Running'), wait(['b'], 'jsonpath={.status.phase}=Running')];
    await clock.advance(0);
    set('a', { phase: 'Running' });
    set('b', succeeded);
    await clock.advance(0);
    expect(running[0]!.over).to.equal(0);
    expect(running[1]!.over).to.include({ exitCode: 70 });
  });

  it('waits for the deletion of what is there, ended or not, and not for what is gone', async () => {
    set('a', succeeded);
    const [present, absent] = [wait(['a', 'b'], 'delete'), wait(['none'], 'delete')];
    await clock.advance(0);
    expect([present.over, absent.over]).to.deep.equal([undefined, 0]);
    clients.runs.remove('a');
    // another of the same name is another Run
    clients.runs.remove('b');
    clients.runs.seed(makeRun('b').meta({ uid: 'other' }).obj());
    await clock.advance(0);
    expect(present.over).to.equal(0);
  });

  it('waits for what is not there yet', async () => {
    const waiting = wait(['new', 'a'], 'create');
    await clock.advance(0);
    expect(waiting.over).to.equal(undefined);
    clients.runs.seed(makeRun('new').obj());
    await clock.advance(0);
    expect([waiting.over, met]).to.deep.equal([0, ['run.kruntimes.io/a', 'run.kruntimes.io/new']]);
  });

  it('waits for those that are selected', async () => {
    clients.runs.seed(
      makeRun('mine')
        .meta({ labels: { team: 'x' } })
        .obj(),
    );
    const waiting = wait([], 'terminal', { selector: 'team=x' });
    await clock.advance(0);
    set('mine', failed(9));
    await clock.advance(0);
    expect(waiting.over).to.equal(9);
    const none = wait([], 'terminal', { selector: 'team=y' });
    await clock.advance(0);
    expect(none.over).to.include({ exitCode: 64, message: 'nothing in namespace default is selected by "team=y"' });
  });

  it('waits for those with a field, or for all', async () => {
    clients.runs.seed(makeRun('d').runtime('python').obj());
    const ofPython = wait([], 'terminal', { 'field-selector': 'spec.runtime=python' });
    const all = wait([], 'terminal', { all: true });
    await clock.advance(0);
    set('d', failed(7));
    await clock.advance(0);
    expect([ofPython.over, all.over]).to.deep.equal([7, undefined]);
    for (const name of ['a', 'b', 'c']) set(name, succeeded);
    await clock.advance(0);
    expect(all.over).to.equal(7);
  });

  it('waits for Runtimes too', async () => {
    clients.runtimes.seed(makeRuntime('bash').obj());
    const waiting = wait(['runtime/bash'], 'condition=Available');
    await clock.advance(0);
    const available = { type: 'Available', status: 'True', reason: 'x', message: '', lastTransitionTime: '' } as const;
    clients.runtimes.seed({ ...clients.runtimes.peek('bash')!, status: { conditions: [available] } });
    await clock.advance(0);
    expect([waiting.over, met]).to.deep.equal([0, ['runtime.kruntimes.io/bash']]);
  });

  for (const [words, goal, selector] of [
    [[], 'terminal', undefined],
    [['a'], 'terminal', 'x=y'],
    [['runtime/bash'], 'terminal', undefined],
    [[], 'create', 'x=y'],
    [['Bad_Name'], 'terminal', undefined],
  ] as const) {
    it(`refuses ${JSON.stringify([words, goal, selector])}`, () => {
      expect(() => parseWaitTargets(words, { selector }, parseGoal(goal)))
        .to.throw()
        .and.include({ exitCode: 64 });
    });
  }

  it('ends with the reason of an interrupt', async () => {
    const waiting = wait(['a'], 'terminal', { timeoutMs: 1000 });
    await clock.advance(0);
    const reason = new Error('interrupted');
    stop.abort(reason);
    await clock.advance(0);
    expect(waiting.over).to.equal(reason);
  });
});
