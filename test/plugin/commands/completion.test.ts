import { expect } from 'chai';
import type { ApiRequest, Transport } from '../../../crds/client/transport.ts';
import { EMPTY_KUBECONFIG } from '../../../plugin/cluster/kubeconfig.ts';
import Complete from '../../../plugin/commands/__complete.ts';
import Completion from '../../../plugin/commands/completion.ts';
import { makeFakeClients } from '../../fakes/clients.ts';
import { FakeClock, settle } from '../../fakes/clock.ts';
import { runCommand } from '../harness.ts';

describe('krt __complete', () => {
  const asked: ApiRequest[] = [];
  beforeEach(() => asked.splice(0));
  /** A cluster that answers with objects of those names. */
  const clientsWith = (answer: () => Promise<string[]>) => {
    const json = async (request: ApiRequest) => {
      asked.push(request);
      return { metadata: {}, items: (await answer()).map(name => ({ metadata: { name } })) };
    };
    return Object.defineProperty(makeFakeClients(), 'transport', { value: { json } as Partial<Transport> });
  };

  for (const [typed, path, fieldSelector] of [
    [['logs', ''], '/apis/kruntimes.io/v1alpha1/namespaces/default/runs', undefined],
    [['-n', 'team', 'cancel', ''], '/apis/kruntimes.io/v1alpha1/namespaces/team/runs', 'status.phase!=Succeeded'],
    [['run', '-n', 'team', '-r', ''], '/apis/kruntimes.io/v1alpha1/namespaces/team/runtimes', undefined],
    [['get', '-n', ''], '/api/v1/namespaces', undefined],
  ] as const) {
    it(`krt ${typed.join(' ')}| asks ${path} for names alone`, async () => {
      const clients = clientsWith(async () => ['one', 'two']);
      const { stdout, stderr } = await runCommand(Complete, ['--', ...typed], { clients });
      expect([stdout, stderr]).to.deep.equal(['one\ntwo\n:4\n', '']);
      expect(asked.map(({ path }) => path)).to.deep.equal([path]);
      expect(asked[0]!.accept).to.match(/as=PartialObjectMetadataList/);
      if (fieldSelector) expect(asked[0]!.query!['fieldSelector']).to.include(fieldSelector);
    });
  }

  it('offers names that are not there yet on the line, and that fit', async () => {
    const clients = clientsWith(async () => ['one', 'other', 'two']);
    expect((await runCommand(Complete, ['--', 'logs', 'one', 'o'], { clients })).stdout).to.equal('other\n:4\n');
  });

  it('offers contexts without asking a cluster', async () => {
    const kubeconfig = {
      ...EMPTY_KUBECONFIG,
      contexts: new Map([
        ['dev', {}],
        ['prod', {}],
      ]),
    };
    const { stdout } = await runCommand(Complete, ['--', 'list', '--context=p'], { kubeconfig });
    expect(stdout).to.equal('--context=prod\n:4\n');
    expect((await runCommand(Complete, ['--', 'list', '--context', 'p'], { kubeconfig })).stdout).to.equal(
      'prod\n:4\n',
    );
  });

  it('is quiet where there is no cluster', async () => {
    const cluster = () => Promise.reject(new Error('no kubeconfig'));
    const { stdout, stderr, exitCode } = await runCommand(Complete, ['--', 'logs', ''], { cluster });
    expect([stdout, stderr, exitCode]).to.deep.equal([':4\n', '', 0]);
  });

  it('does not wait long for a cluster that does not answer', async () => {
    const clients = clientsWith(() => new Promise(() => {}));
    const clock = new FakeClock();
    const command = runCommand(Complete, ['--', 'logs', ''], { clients, clock });
    while (clock.sleeping === 0) await settle(); // files are read in their own time
    await clock.advance(1500);
    expect((await command).stdout).to.equal(':4\n');
    expect(asked[0]!.signal!.aborted).to.equal(true);
  });
});

describe('krt completion', () => {
  it('refuses a shell that it does not know, and names the others', async () => {
    const { stderr, exitCode } = await runCommand(Completion, ['tcsh']);
    expect([stderr, exitCode]).to.deep.equal([
      'error: krt does not know the shell "tcsh"\nit knows: bash, zsh, fish, powershell\n',
      64,
    ]);
  });
});
