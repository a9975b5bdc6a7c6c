import { expect } from 'chai';
import { ApiError, ConnectionError } from '../../../crds/client/api-error.ts';
import Describe from '../../../plugin/commands/describe.ts';
import Help from '../../../plugin/commands/help.ts';
import Options from '../../../plugin/commands/options.ts';
import RuntimeDescribe from '../../../plugin/commands/runtime/describe.ts';
import Version from '../../../plugin/commands/version.ts';
import { deniedError, usageError } from '../../../plugin/errors.ts';
import { makeRun } from '../../builders/run.ts';
import { makeRuntime } from '../../builders/runtime.ts';
import { makeFakeClients } from '../../fakes/clients.ts';
import { FakeClock, settle } from '../../fakes/clock.ts';
import { runCommand, type Surroundings } from '../harness.ts';

describe('krt describe', () => {
  it('describes Runs one below the other, with their events', async () => {
    const clients = makeFakeClients();
    clients.runs.seed(makeRun('a').obj());
    clients.runs.seed(makeRun('b').ended().obj());
    clients.runtimes.seed(makeRuntime('bash').obj());
    clients.events.seed({
      metadata: { name: 'e', namespace: 'default' },
      involvedObject: { kind: 'Run', name: 'a', uid: 'uid-a' },
      type: 'Normal',
      reason: 'Scheduled',
      message: 'to Pod bash-1',
      lastTimestamp: '2026-01-01T00:04:00Z',
    });
    const { stdout, exitCode } = await runCommand(Describe, ['a', 'run/b'], { clients });
    expect(exitCode).to.equal(0);
    const [a, b] = stdout.split('\n\n\n');
    expect(a)
      .to.match(/^Name: +a\n/)
      .and.include('Scheduled   60s');
    expect(b)
      .to.match(/^Name: +b\n/)
      .and.match(/^Phase: +Succeeded$/m)
      .and.include('Events:  <none>');
  });

  it('describes a Runtime, by either name of the command', async () => {
    const clients = makeFakeClients();
    clients.runtimes.seed(makeRuntime('bash').obj());
    const [one, other] = [
      await runCommand(Describe, ['runtime/bash'], { clients }),
      await runCommand(RuntimeDescribe, ['bash'], { clients }),
    ];
    expect(one.stdout)
      .to.equal(other.stdout)
      .and.match(/^Name: +bash\n/);
  });

  it('shows the rest where events and Runtimes may not be seen', async () => {
    const clients = makeFakeClients();
    clients.runs.seed(makeRun('a').obj());
    const forbidden = new ApiError(403, { message: 'events is forbidden' });
    clients.events.failNext('list', forbidden);
    clients.runtimes.failNext('get', forbidden);
    const { stdout, exitCode } = await runCommand(Describe, ['a'], { clients });
    expect(exitCode).to.equal(0);
    expect(stdout)
      .to.include('Events:  <not shown: events is forbidden>')
      .and.match(/^Runtime: +bash$/m);
  });

  for (const [title, args, stderr] of [
    ['no name', [], 'error: NAME is missing\nsee: krt describe --help\n'],
    ['a name that is not there', ['none'], 'error: Run "none" not found\n'],
  ] as const) {
    it(`refuses ${title}`, async () => {
      expect(await runCommand(Describe, [...args])).to.deep.include({ exitCode: 64, stdout: '', stderr });
    });
  }
});

describe('krt version', () => {
  /** A cluster whose API server answers so. */
  const cluster = (
    json: (path: string, signal: AbortSignal) => Promise<unknown>,
  ): NonNullable<Surroundings['cluster']> => {
    const transport = {
      json: ({ path, signal }: { path: string; signal: AbortSignal }) => json(path, signal),
    };
    const clients = Object.create(makeFakeClients(), { transport: { value: transport } });
    return async () => ({ clients, namespace: 'default', context: 'test', server: 'https://test' });
  };
  const client = `Client Version: 0.0.0-test (Node ${process.version})\n`;

  it('asks nobody with --client', async () => {
    const outcome = await runCommand(Version, ['--client'], { cluster: () => expect.fail('it asked') });
    expect(outcome).to.deep.include({ exitCode: 0, stderr: '', stdout: client });
  });

  it('tells the versions of both sides', async () => {
    const versions = [{ groupVersion: 'kruntimes.io/v1alpha1' }];
    const answers: Record<string, unknown> = {
      '/version': { gitVersion: 'v1.37.0' },
      '/apis': {
        groups: [
          { name: 'apps', versions: [] },
          { name: 'kruntimes.io', versions },
        ],
      },
    };
    const around = { cluster: cluster(async path => answers[path]) };
    expect((await runCommand(Version, [], around)).stdout).to.equal(
      `${client}Server Version: v1.37.0\nAPI Version: kruntimes.io/v1alpha1\n`,
    );
    const { stdout } = await runCommand(Version, ['-o', 'json'], around);
    expect(JSON.parse(stdout)).to.deep.equal({
      client: '0.0.0-test',
      node: process.version,
      server: { kubernetes: 'v1.37.0', apiVersions: ['kruntimes.io/v1alpha1'] },
    });
    expect((await runCommand(Version, ['-o', 'yaml', '--client'])).stdout).to.equal(
      `client: 0.0.0-test\nnode: ${process.version}\n`,
    );
  });

  for (const [title, failure, why] of [
    ['that there is no kubeconfig', () => Promise.reject(usageError('no kubeconfig')), 'no kubeconfig'],
    [
      'that nobody answers',
      cluster(() => Promise.reject(new ConnectionError('host:1', new Error('refused')))),
      'no answer from host:1: refused',
    ],
    ['that it is not allowed', cluster(() => Promise.reject(deniedError('who are you'))), 'who are you'],
  ] as const) {
    it(`tells its own, and ${title}`, async () => {
      const outcome = await runCommand(Version, [], { cluster: failure });
      expect(outcome).to.deep.include({
        exitCode: 0,
        stderr: '',
        stdout: `${client}Server Version: not known: ${why}\n`,
      });
    });
  }

  it('does not wait long', async () => {
    const clock = new FakeClock();
    let aborted = false;
    const silent = cluster((_path, signal) => {
      signal.addEventListener('abort', () => (aborted = true));
      return new Promise(() => {});
    });
    const command = runCommand(Version, [], { cluster: silent, clock });
    for (let i = 0; i < 20 && clock.sleeping === 0; i++) await settle();
    await clock.advance(3000);
    expect((await command).stdout).to.equal(`${client}Server Version: not known: no answer in 3s\n`);
    expect(aborted).to.equal(true);
  });
});

describe('krt help and options', () => {
  it('show the same help as --help', async () => {
    const { stdout } = await runCommand(Help, ['runtime', 'list'], { terminal: { columns: 60 } });
    expect(stdout).to.match(/^List Runtimes: their Pods, slots and use\.\n/);
    expect((await runCommand(Help, [])).stdout).to.include('Exit codes:\n');
    expect((await runCommand(Help, ['lsit'])).stderr).to.equal(
      'error: unknown command: krt lsit\ndid you mean: krt list\n',
    );
  });

  it('show the flags of all commands, and where a cluster is looked for', async () => {
    const { stdout } = await runCommand(Options, []);
    for (const flag of [
      '--kubeconfig',
      '--context',
      '-n, --namespace',
      '--as-group',
      '-s, --server',
      '-v, --verbosity',
    ]) {
      expect(stdout).to.include(flag);
    }
    expect(stdout).to.include('KUBECONFIG').and.include('KRT_HOME').and.include('krt local up');
  });
});
