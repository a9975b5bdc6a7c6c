import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import type { Run } from '../../../crds/v1alpha1/run.ts';
import List from '../../../plugin/commands/list.ts';
import { interruptedError } from '../../../plugin/errors.ts';
import { makeRun } from '../../builders/run.ts';
import { type FakeClients, makeFakeClients } from '../../fakes/clients.ts';
import { FakeClock, settle } from '../../fakes/clock.ts';
import { NOW, type Outcome, runCommand } from '../harness.ts';

/** What `krt list -w …` shows while `act` runs, until it is interrupted. */
async function watched(
  args: string[],
  act: (clients: FakeClients, clock: FakeClock) => void | Promise<void>,
): Promise<Outcome> {
  const clients = makeFakeClients();
  clients.runs.seed(makeRun('a').obj());
  const stop = new AbortController();
  const clock = new FakeClock(NOW);
  const command = runCommand(List, ['-w', ...args], { clients, clock, signal: stop.signal });
  await settle();
  await settle();
  await act(clients, clock);
  await settle();
  stop.abort(interruptedError());
  const outcome = await command;
  expect(clients.runs.log.open).to.equal(0);
  return outcome;
}

describe('krt list --watch', () => {
  it('goes on with a line for each change, below the columns before, until Ctrl-C', async () => {
    const outcome = await watched([], async ({ runs }, clock) => {
      runs.seed(makeRun('with-a-long-name').obj());
      await clock.advance(60_000);
      runs.seed(makeRun('a').running('bash-1').obj());
      await settle();
      runs.remove('a');
    });
    expect(outcome).to.deep.include({ exitCode: 130, stderr: '' });
    expect(outcome.stdout).to.equal(
      [
        'NAME   PHASE     RUNTIME   EXIT   AGE',
        'a      Pending   bash             5m',
        'with-a-long-name   Pending   bash             5m',
        'a                  Running   bash             6m',
        'a                  Running   bash             6m',
        '',
      ].join('\n'),
    );
  });

  it('prints one object after another with -o', async () => {
    const outcome = await watched(['-o', 'jsonpath={.metadata.name}:{.status.phase};'], ({ runs }) => {
      runs.seed(makeRun('a').ended().obj());
    });
    expect(outcome.stdout).to.equal('a:Pending;a:Succeeded;');
  });

  it('leaves out what is there already with --watch-only', async () => {
    const outcome = await watched(['--watch-only', '-o', 'name'], ({ runs }) => {
      runs.seed(makeRun('b').obj());
    });
    expect(outcome.stdout).to.equal('run.kruntimes.io/b\n');
  });

  it('prints documents of YAML apart from each other', async () => {
    const outcome = await watched(['-o', 'yaml'], ({ runs }) => {
      runs.seed(makeRun('b').obj());
    });
    const documents = parseAllDocuments(outcome.stdout).map(document => document.toJS() as Run);
    expect(documents.map(({ metadata }) => metadata.name)).to.deep.equal(['a', 'b']);
  });

  it('mends a broken watch, and tells nothing twice', async () => {
    const outcome = await watched(['-o', 'name'], async ({ runs }, clock) => {
      runs.seed(makeRun('b').obj());
      await settle();
      runs.log.forget(10_000);
      runs.log.close();
      runs.seed(makeRun('c').obj());
      runs.remove('a');
      await clock.advance(1000);
    });
    const names = outcome.stdout
      .trimEnd()
      .split('\n')
      .map(line => line.split('/')[1]);
    expect(names).to.deep.equal(['a', 'b', 'a', 'c']);
  });

  it('begins with headers once there is something', async () => {
    const outcome = await watched(['-l', 'x=1'], ({ runs }) => {
      runs.seed(
        makeRun('b')
          .meta({ labels: { x: '1' } })
          .obj(),
      );
    });
    expect(outcome.stdout).to.equal('NAME   PHASE     RUNTIME   EXIT   AGE\nb      Pending   bash             5m\n');
  });
});
