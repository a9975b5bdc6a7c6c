import { expect } from 'chai';
import Delete from '../../../plugin/commands/delete.ts';
import { makeRun } from '../../builders/run.ts';
import { makeRuntime } from '../../builders/runtime.ts';
import { type FakeClients, makeFakeClients } from '../../fakes/clients.ts';
import { FakeClock, settle } from '../../fakes/clock.ts';
import { runCommand } from '../harness.ts';

function someClients(): FakeClients {
  const clients = makeFakeClients();
  for (const name of ['a', 'b'])
    clients.runs.seed(
      makeRun(name)
        .meta({ labels: { x: name } })
        .obj(),
    );
  clients.runs.seed(makeRun('c').namespace('other').obj());
  clients.runtimes.seed(makeRuntime('bash').obj());
  return clients;
}

const namesOf = ({ runs, runtimes }: FakeClients) =>
  [...runs.all(), ...runtimes.all()].map(object => object.metadata.name);

describe('krt delete', () => {
  for (const [title, args, stdout, left] of [
    ['a Run', ['a'], 'run.kruntimes.io "a" deleted\n', ['b', 'c', 'bash']],
    ['Runs by name', ['run', 'b', 'a'], 'run.kruntimes.io "b" deleted\nrun.kruntimes.io "a" deleted\n', ['c', 'bash']],
    ['a Runtime', ['runtime/bash', '-o', 'name'], 'runtime.kruntimes.io/bash\n', ['a', 'b', 'c']],
    ['by label', ['-l', 'x=b'], 'run.kruntimes.io "b" deleted\n', ['a', 'c', 'bash']],
    ['all of the namespace', ['--all', '-o', 'name'], 'run.kruntimes.io/a\nrun.kruntimes.io/b\n', ['c', 'bash']],
    [
      'all there are',
      ['--all', '-A', '-o', 'name'],
      'run.kruntimes.io/a\nrun.kruntimes.io/b\nrun.kruntimes.io/c\n',
      ['bash'],
    ],
    [
      'nothing on a dry run',
      ['a', '--dry-run=client'],
      'run.kruntimes.io "a" deleted (dry run)\n',
      ['a', 'b', 'c', 'bash'],
    ],
    [
      'nothing on a dry run of the server',
      ['a', '--dry-run', 'server'],
      'run.kruntimes.io "a" deleted (server dry run)\n',
      ['a', 'b', 'c', 'bash'],
    ],
    ['what is not there where that is allowed', ['none', '--ignore-not-found'], '', ['a', 'b', 'c', 'bash']],
  ] as const) {
    it(`deletes ${title}`, async () => {
      const clients = someClients();
      const outcome = await runCommand(Delete, [...args], { clients });
      expect(outcome).to.deep.include({ exitCode: 0, stderr: '', stdout });
      expect(namesOf(clients)).to.deep.equal(left);
    });
  }

  for (const [title, args, stderr] of [
    ['nothing', [], 'error: nothing to delete\ngive names, -l, --field-selector or --all\n'],
    ['names and --all', ['a', '--all'], 'error: names and a selection do not go together\nleave one of them out\n'],
    [
      'names in all namespaces',
      ['a', '-A'],
      'error: names and a selection do not go together\nleave one of them out\n',
    ],
    ['what is not there', ['none'], 'error: Run "none" not found\n'],
  ] as const) {
    it(`refuses ${title}`, async () => {
      const clients = someClients();
      const outcome = await runCommand(Delete, [...args], { clients });
      expect(outcome).to.deep.include({ exitCode: 64, stderr, stdout: '' });
      expect(clients.runs.writes).to.equal(0);
    });
  }

  it('says that a selection is empty', async () => {
    const outcome = await runCommand(Delete, ['-l', 'x=none'], { clients: someClients() });
    expect(outcome).to.deep.include({ exitCode: 0, stderr: 'No resources found\n', stdout: '' });
  });

  it('deletes only the very object that it has seen', async () => {
    const clients = someClients();
    clients.runs.before = call => {
      if (call.verb !== 'delete') return;
      clients.runs.remove('a');
      clients.runs.seed(makeRun('a').meta({ uid: 'another' }).obj());
    };
    const outcome = await runCommand(Delete, ['a'], { clients });
    expect(outcome.exitCode).to.equal(70);
    expect(clients.runs.peek('a')?.metadata.uid).to.equal('another');
  });

  describe('of an object that something holds', () => {
    const held = () => {
      const clients = someClients();
      clients.runs.seed(
        makeRun('held')
          .meta({ finalizers: ['example.com/hold'] })
          .obj(),
      );
      return clients;
    };

    it('waits until it is gone', async () => {
      const clients = held();
      const command = runCommand(Delete, ['held'], { clients });
      await settle();
      await settle();
      expect(clients.runs.peek('held')?.metadata.deletionTimestamp).to.be.a('string');
      clients.runs.remove('held');
      expect(await command).to.deep.include({ exitCode: 0, stdout: 'run.kruntimes.io "held" deleted\n' });
      expect(clients.runs.log.open).to.equal(0);
    });

    it('gives up at its deadline', async () => {
      const clients = held();
      const clock = new FakeClock();
      const command = runCommand(Delete, ['held', '--timeout=5s'], { clients, clock });
      await clock.advance(5000);
      const stderr = 'error: timed out: held is still being deleted\nit goes on without krt\n';
      expect(await command).to.deep.include({ exitCode: 75, stderr });
      expect([clients.runs.log.open, clock.sleeping]).to.deep.equal([0, 0]);
    });

    for (const flag of ['--wait=false', '--no-wait']) {
      it(`does not wait with ${flag}`, async () => {
        expect((await runCommand(Delete, ['held', flag], { clients: held() })).exitCode).to.equal(0);
      });
    }
  });
});
