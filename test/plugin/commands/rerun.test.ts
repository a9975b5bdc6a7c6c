import { expect } from 'chai';
import type { Run } from '../../../crds/v1alpha1/run.ts';
import Rerun from '../../../plugin/commands/rerun.ts';
import { makeRun } from '../../builders/run.ts';
import { type FakeClients, makeFakeClients } from '../../fakes/clients.ts';
import { runCommand } from '../harness.ts';
import { Scene } from '../services/logs/scene.ts';

describe('krt rerun', () => {
  const withOld = (clients: FakeClients) => {
    clients.runs.seed(
      makeRun('job-x7k2p')
        .spec({ args: ['a'] })
        .ended()
        .obj(),
    );
    return clients;
  };

  it('makes the Run anew', async () => {
    const clients = withOld(makeFakeClients());
    const { stdout, exitCode } = await runCommand(Rerun, ['run/job-x7k2p', '--detach'], { clients });
    expect(exitCode).to.equal(0);
    const [, name = ''] = /^run\.kruntimes\.io\/(job-\w{5}) created\n$/.exec(stdout) ?? [];
    expect(clients.runs.peek(name)!.spec).to.deep.equal(clients.runs.peek('job-x7k2p')!.spec);
    expect(clients.runs.all().length).to.equal(2);
  });

  it('shows its output, and ends as it does', async () => {
    const scene = new Scene();
    const clients = Object.assign(withOld(scene.clients), { podLog: scene.logs.open });
    const going = runCommand(Rerun, ['job-x7k2p', '--name', 'job'], { clients, clock: scene.clock });
    for (let i = 0; i < 20 && !clients.runs.peek('job'); i++) await scene.settle();
    scene.name = 'job';
    scene.schedule('p');
    scene.print(['out\n']);
    scene.end();
    scene.finish({ phase: 'Failed', reason: 'ExitCode', exitCode: 3 });
    const end = await going;
    expect([end.stdout, end.stderr, end.exitCode]).to.deep.equal(['out\n', '', 3]);
    expect((end.result as Run).metadata.name).to.equal('job');
  });

  for (const [argv, stderr] of [
    [['none'], 'Run "none" not found'],
    [['job-x7k2p', '--name', 'A B'], '--name: "A B" is not a name of Kubernetes'],
    [['runtime/bash'], '"runtime/bash" is not a run'],
    [['job-x7k2p', '--detach', '--output', 'k'], 'does not go with --detach'],
  ] as const) {
    it(`refuses ${argv.join(' ')}, and makes nothing`, async () => {
      const clients = withOld(makeFakeClients());
      const outcome = await runCommand(Rerun, [...argv], { clients });
      expect(outcome.stderr).to.include(stderr);
      expect([outcome.exitCode, clients.runs.all().length]).to.deep.equal([64, 1]);
    });
  }
});
