import { expect } from 'chai';
import { ApiError } from '../../../crds/client/api-error.ts';
import type { Run, RunStatus } from '../../../crds/v1alpha1/run.ts';
import MapItems from '../../../plugin/commands/map.ts';
import { brokenPipeError, interruptedError } from '../../../plugin/errors.ts';
import { type FakeClients, makeFakeClients } from '../../fakes/clients.ts';
import { settle } from '../../fakes/clock.ts';
import { cliConfig, NOW, type Outcome, runCommand } from '../harness.ts';

const FLAGS = ['-r', 'bash', '-c', 'echo $1', '--each', '-'];

describe('krt map', () => {
  let clients: FakeClients;
  let most: number;
  before(() => cliConfig());
  beforeEach(() => {
    clients = makeFakeClients(() => NOW);
    most = 0;
  });
  afterEach('leave no watch behind', () => expect(clients.runs.log.open).to.equal(0));

  const active = () => clients.runs.all().filter(({ status }) => status?.phase === 'Pending');
  const itemOf = ({ spec }: Run) => spec.args!.at(-1)!;
  const end = (run: Run, status: RunStatus) => clients.runs.seed({ ...run, status: { ...run.status, ...status } });
  /** Plays the agents until the command is over: each Run ends as `ends` says of its item. */
  async function play(
    going: Promise<Outcome>,
    ends: (item: string, run: Run) => RunStatus | undefined,
  ): Promise<Outcome> {
    let outcome: Outcome | undefined;
    void going.then(end => (outcome = end));
    for (let i = 0; i < 500 && !outcome; i++) {
      await settle();
      most = Math.max(most, active().length);
      for (const run of active()) {
        const status = ends(itemOf(run), run);
        if (status) end(run, status);
      }
    }
    expect(outcome, 'the command is over').not.to.equal(undefined);
    return outcome!;
  }
  const SUCCEEDED: RunStatus = { phase: 'Succeeded', reason: 'Completed', exitCode: 0 };
  const failed = (exitCode: number): RunStatus => ({ phase: 'Failed', reason: 'ExitCode', exitCode });

  it('makes a Run of each line, and says how each ended and how many', async () => {
    const going = runCommand(MapItems, [...FLAGS, '--quiet'], { clients, stdin: 'a\nb\nc\n' });
    const { stdout, stderr, exitCode } = await play(going, () => SUCCEEDED);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map(line => line.replace(/bash-\w{5}/, 'NAME'));
    expect(lines.sort()).to.deep.equal(['a', 'b', 'c'].map(item => `run.kruntimes.io/NAME Succeeded  ${item}`));
    expect([stderr, exitCode]).to.deep.equal(['3 Runs: 3 Succeeded\n', 0]);
    expect(new Set(clients.runs.all().map(({ metadata }) => metadata.labels!['kruntimes.io/map'])).size).to.equal(1);
  });

  it('has no more under way than it may', async () => {
    const stdin = Array.from({ length: 20 }, (_, i) => `${i}\n`).join('');
    const going = runCommand(MapItems, [...FLAGS, '--quiet', '--max-parallel', '3'], { clients, stdin });
    expect((await play(going, () => SUCCEEDED)).exitCode).to.equal(0);
    expect([most, clients.runs.all().length]).to.deep.equal([3, 20]);
  });

  it('ends as the first in the order of items that did not succeed, with the others done', async () => {
    const going = runCommand(MapItems, [...FLAGS, '--quiet'], { clients, stdin: 'a\nb\nc\n' });
    const { stderr, exitCode } = await play(going, item => {
      // c ends before b
      if (item === 'b' && active().some(run => itemOf(run) === 'c')) return undefined;
      return item === 'a' ? SUCCEEDED : failed(item === 'b' ? 3 : 4);
    });
    expect([stderr, exitCode]).to.deep.equal(['3 Runs: 1 Succeeded, 2 Failed\n', 3]);
  });

  it('cancels all on Ctrl-C, waits for them, and starts no more', async () => {
    const interrupt = new AbortController();
    const argv = [...FLAGS, '--quiet', '--max-parallel', '2'];
    const going = runCommand(MapItems, argv, { clients, stdin: 'a\nb\nc\nd\n', signal: interrupt.signal });
    const { stdout, stderr, exitCode } = await play(going, (_item, run) => {
      if (active().length === 2) interrupt.abort(interruptedError());
      return run.spec.cancelRequested ? { phase: 'Cancelled', reason: 'Cancelled' } : undefined;
    });
    expect(stdout.match(/Cancelled/g)).to.have.length(2);
    expect(stderr).to.equal(
      'cancelling 2 Runs; press Ctrl-C again to leave at once\n4 Runs: 2 Cancelled, 2 not started\n',
    );
    expect([exitCode, clients.runs.all().length]).to.deep.equal([130, 2]);
  });

  it('leaves Runs alone when nobody reads any more', async () => {
    const gone = new AbortController();
    const going = runCommand(MapItems, [...FLAGS, '-q', '--max-parallel', '2'], {
      clients,
      stdin: 'a\nb\nc\n',
      signal: gone.signal,
    });
    const { exitCode } = await play(going, () => {
      if (active().length === 2) gone.abort(brokenPipeError());
      return undefined;
    });
    expect(exitCode).to.equal(141);
    expect(active().map(({ spec }) => spec.cancelRequested)).to.deep.equal([undefined, undefined]);
  });

  it('starts no more where the server takes none, and waits for the others', async () => {
    clients.runs.before = ({ verb, body }) => {
      if (verb === 'create' && itemOf(body as Run) === 'b') throw new ApiError(403, { message: 'quota exceeded' });
    };
    const going = runCommand(MapItems, [...FLAGS, '-q', '--max-parallel', '2'], { clients, stdin: 'a\nb\nc\n' });
    const { stdout, stderr, exitCode } = await play(going, () => SUCCEEDED);
    expect(stdout).to.match(/Succeeded {2}a\n$/);
    expect(stderr).to.include('error: quota exceeded');
    expect([exitCode, clients.runs.all().length]).to.deep.equal([77, 1]);
  });

  for (const [argv, error] of [
    [['-r', 'bash', '--each', '-'], 'nothing to run'],
    [[...FLAGS, '--name', 'a'], '--name is for one Run'],
    [['-r', 'bash', '-f', '-', '--each', '-'], 'there is one stdin'],
    [['-r', 'bash', '-c', 'x'], '--each'],
    [[...FLAGS, '--max-parallel', '51'], '--max-parallel'],
  ] as const) {
    it(`refuses ${argv.join(' ')}, and makes nothing`, async () => {
      const { stderr, exitCode } = await runCommand(MapItems, [...argv], { clients, stdin: 'a\n' });
      expect(stderr).to.include(error);
      expect([exitCode, clients.runs.all()]).to.deep.equal([64, []]);
    });
  }
});
