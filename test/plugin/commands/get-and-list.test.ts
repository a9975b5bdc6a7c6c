import { expect } from 'chai';
import Get from '../../../plugin/commands/get.ts';
import List from '../../../plugin/commands/list.ts';
import RuntimeGet from '../../../plugin/commands/runtime/get.ts';
import RuntimeList from '../../../plugin/commands/runtime/list.ts';
import { makeRun } from '../../builders/run.ts';
import { makeRuntime } from '../../builders/runtime.ts';
import { type FakeClients, makeFakeClients } from '../../fakes/clients.ts';
import { runCommand } from '../harness.ts';

/** Four Runs and two Runtimes, as a cluster might have them. */
function someClients(): FakeClients {
  const clients = makeFakeClients();
  const labels = { team: 'a', 'example.com/tier': 'web' };
  clients.runs.seed(makeRun('done').meta({ labels }).running('bash-1').status({ exitCode: 0 }).ended().obj());
  clients.runs.seed(
    makeRun('failed').running('bash-1').status({ exitCode: 3, reason: 'ExitCode' }).ended('Failed').obj(),
  );
  clients.runs.seed(makeRun('waiting').runtime('python').obj());
  clients.runs.seed(makeRun('elsewhere').namespace('other').created('2025-12-30T23:00:00Z').obj());
  const status = { replicas: 2, readyReplicas: 1, slots: { total: 4, used: 3 } };
  clients.runtimes.seed(makeRuntime('bash').status(status).obj());
  clients.runtimes.seed(makeRuntime('python').replicas(0).obj());
  return clients;
}

describe('krt list and get', () => {
  for (const [title, command, args, stdout] of [
    [
      'lists Runs of the namespace',
      List,
      [],
      [
        'NAME      PHASE       RUNTIME   EXIT   AGE',
        'done      Succeeded   bash      0      5m',
        'failed    Failed      bash      3      5m',
        'waiting   Pending     python           5m',
      ],
    ],
    [
      'lists Runs of all namespaces',
      List,
      ['-A'],
      [
        'NAMESPACE   NAME        PHASE       RUNTIME   EXIT   AGE',
        'default     done        Succeeded   bash      0      5m',
        'default     failed      Failed      bash      3      5m',
        'default     waiting     Pending     python           5m',
        'other       elsewhere   Pending     bash             25h',
      ],
    ],
    [
      'shows more of them',
      List,
      ['-o', 'wide', '-r', 'bash'],
      [
        'NAME     PHASE       RUNTIME   EXIT   ATTEMPT   REASON     POD      AGE',
        'done     Succeeded   bash      0      1                    bash-1   5m',
        'failed   Failed      bash      3      1         ExitCode   bash-1   5m',
      ],
    ],
    [
      'shows labels',
      List,
      ['--show-labels', '-L', 'example.com/tier,team', '--no-headers', '--field-selector=status.phase!=Pending'],
      [
        'done     Succeeded   bash   0     5m    web   a     example.com/tier=web,team=a',
        'failed   Failed      bash   3     5m                <none>',
      ],
    ],
    [
      'sorts',
      List,
      ['--sort-by', '.status.exitCode', '-o', 'custom-columns=NAME:.metadata.name,EXIT:.status.exitCode'],
      ['NAME      EXIT', 'waiting   <none>', 'done      0', 'failed    3'],
    ],
    ['selects by label', List, ['-l', 'team in (a, b)', '-o', 'name'], ['run.kruntimes.io/done']],
    [
      'gets names in their order',
      Get,
      ['waiting', 'run/done', '-o', 'name'],
      ['run.kruntimes.io/waiting', 'run.kruntimes.io/done'],
    ],
    ['gets all of a kind', Get, ['runs', '-o', 'jsonpath={.items[*].metadata.name}'], 'done failed waiting'],
    [
      'gets without a name',
      Get,
      ['-o', "jsonpath={range .items[*]}{.status.phase}{'\\n'}{end}"],
      ['Succeeded', 'Failed', 'Pending'],
    ],
    ['gets a field of one Run', Get, ['failed', '-o', 'jsonpath={.status.exitCode}'], '3'],
    ['takes -o jsonpath-as-json', Get, ['failed', '-o', 'jsonpath-as-json={.status.exitCode}'], ['[', '    3', ']']],
    [
      'gets a Runtime',
      Get,
      ['runtime/bash'],
      ['NAME   READY   REPLICAS   SLOTS   USED   AGE', 'bash   1       2          4       3      5m'],
    ],
    [
      'lists Runtimes',
      RuntimeList,
      ['-o', 'wide'],
      [
        'NAME     READY   REPLICAS   SLOTS   USED   ISOLATION    IMAGE                             AGE',
        'bash     1       2          4       3      SharedUser   kruntimes-bash-runtime:latest     5m',
        'python           0                         SharedUser   kruntimes-python-runtime:latest   5m',
      ],
    ],
    ['gets a Runtime by name alone', RuntimeGet, ['bash', '-o', 'name'], ['runtime.kruntimes.io/bash']],
    ['says nothing of names that are not there where that is allowed', Get, ['none', '--ignore-not-found'], ''],
  ] as const) {
    it(title, async () => {
      const outcome = await runCommand(command, [...args], { clients: someClients() });
      expect(outcome.stderr).to.equal('');
      expect(outcome.exitCode).to.equal(0);
      expect(outcome.stdout).to.equal(typeof stdout === 'string' ? stdout : stdout.map(line => `${line}\n`).join(''));
    });
  }

  it('prints an object as kubectl does, as JSON and as YAML', async () => {
    const clients = makeFakeClients();
    clients.runs.seed(
      makeRun('a')
        .meta({ uid: 'u', generation: 1 })
        .spec({ args: ['yes', '1'] })
        .obj(),
    );
    const json = await runCommand(Get, ['a', '-o', 'json'], { clients });
    expect(json.stdout.split('\n').slice(0, 6)).to.deep.equal([
      '{',
      '    "apiVersion": "kruntimes.io/v1alpha1",',
      '    "kind": "Run",',
      '    "metadata": {',
      '        "creationTimestamp": "2026-01-01T00:00:00Z",',
      '        "generation": 1,',
    ]);
    expect(JSON.parse(json.stdout)).to.deep.equal(clients.runs.peek('a'));
    const yaml = await runCommand(Get, ['a', '-o', 'yaml'], { clients });
    expect(yaml.stdout).to.equal(
      [
        'apiVersion: kruntimes.io/v1alpha1',
        'kind: Run',
        'metadata:',
        '  creationTimestamp: "2026-01-01T00:00:00Z"',
        '  generation: 1',
        '  name: a',
        '  namespace: default',
        '  resourceVersion: "101"',
        '  uid: u',
        'spec:',
        '  args:',
        '  - "yes"',
        '  - "1"',
        '  runtime: bash',
        '  source:',
        '    inline: |',
        '      echo hello',
        'status:',
        '  phase: Pending',
        '',
      ].join('\n'),
    );
  });

  it('makes a List of what is not one name, also of nothing', async () => {
    const { stdout, stderr } = await runCommand(List, ['-o', 'json']);
    expect(JSON.parse(stdout)).to.deep.equal({
      apiVersion: 'v1',
      kind: 'List',
      items: [],
      metadata: { resourceVersion: '' },
    });
    expect(stderr).to.equal('');
  });

  for (const [title, command, args, stderr, exitCode] of [
    ['nothing there', List, [], 'No resources found in default namespace.\n', 0],
    ['nothing there in another namespace', RuntimeList, ['-n', 'other'], 'No resources found in other namespace.\n', 0],
    ['nothing there at all', List, ['-A'], 'No resources found\n', 0],
    [
      'a name that is not there',
      Get,
      ['none'],
      'error: Run "none" not found\nsee which there are: krt list, or krt list -A\n',
      64,
    ],
    [
      'a Runtime that is not there',
      RuntimeGet,
      ['none'],
      'error: Runtime "none" not found\nsee which there are: krt runtime list, or krt runtime list -A\n',
      64,
    ],
    [
      'a name in all namespaces',
      Get,
      ['a', '-A'],
      'error: a name belongs to one namespace\nleave out -A, or the name\n',
      64,
    ],
    [
      'a name and a selector',
      Get,
      ['a', '-l', 'x'],
      'error: names and selectors do not go together\nleave out one of them\n',
      64,
    ],
    [
      'outputs of many',
      Get,
      ['a', 'b', '-o', 'outputs'],
      'error: -o outputs is about one Run\nname one, as in: get NAME -o outputs\n',
      64,
    ],
    [
      'outputs of a Runtime',
      Get,
      ['runtime/a', '-o', 'output=x'],
      'error: -o output is about one Run\nname one, as in: get NAME -o outputs\n',
      64,
    ],
    ['names to watch', Get, ['a', 'b', '-w'], 'error: --watch takes one name, or none for all\n', 64],
    ['two kinds', Get, ['run/a', 'runtime/b'], 'error: one kind at a time: Runs and Runtimes are given together\n', 64],
    [
      'another kind',
      Get,
      ['pod/a'],
      'error: krt knows no kind "pod"\nit has run and runtime; for others there is kubectl\n',
      64,
    ],
    [
      'a name that is none',
      Get,
      ['A_b'],
      'error: "A_b" is not a name of Kubernetes\nlower case letters, digits, - and .\n',
      64,
    ],
    ['another kind before a name', RuntimeGet, ['run/a'], 'error: "run/a" is not a runtime\n', 64],
    ['a word too many', List, ['x'], 'error: unexpected argument: x\nsee: krt list --help\n', 64],
    ['an unknown flag', List, ['--selektor', 'x'], 'error: unknown flag: --selektor\ndid you mean --selector?\n', 64],
    ['a flag without its value', List, ['-l'], 'error: flag --selector expects a value\nsee: krt list --help\n', 64],
    [
      'a field that is a map',
      Get,
      ['found', '-o', 'jsonpath={.spec[0]}'],
      'error: -o jsonpath: a value of type object is not array or slice\n',
      64,
    ],
  ] as const) {
    it(`tells of ${title}`, async () => {
      const clients = makeFakeClients();
      if ((args as readonly string[]).includes('found')) clients.runs.seed(makeRun('found').obj());
      const outcome = await runCommand(command, [...args], { clients });
      expect(outcome).to.deep.include({ stdout: '', stderr, exitCode });
    });
  }

  it('shows what it has found before it tells of what it has not', async () => {
    const outcome = await runCommand(Get, ['done', 'none', 'failed', '-o', 'name'], { clients: someClients() });
    expect(outcome.stdout).to.equal('run.kruntimes.io/done\nrun.kruntimes.io/failed\n');
    expect(outcome).to.deep.include({
      stderr: 'error: Run "none" not found\nsee which there are: krt list, or krt list -A\n',
      exitCode: 64,
    });
  });

  it('colours phases on a terminal that wants colours', async () => {
    const terminal = { isTTY: true, colour: true };
    const { stdout } = await runCommand(List, ['--no-headers', '-r', 'bash'], { clients: someClients(), terminal });
    expect(stdout).to.equal(
      'done     \u001b[32mSucceeded\u001b[39m   bash   0     5m\nfailed   \u001b[31mFailed\u001b[39m      bash   3     5m\n',
    );
  });

  it('keeps control characters of the cluster from a terminal, and a pipe as it is', async () => {
    const clients = makeFakeClients();
    clients.runs.seed(makeRun('a').status({ message: 'x\u001b[2Jy' }).obj());
    const args = ['a', '-o', 'jsonpath={.status.message}'];
    expect((await runCommand(Get, args, { clients, terminal: { isTTY: true } })).stdout).to.equal('x^[[2Jy');
    expect((await runCommand(Get, args, { clients })).stdout).to.equal('x\u001b[2Jy');
    clients.runs.seed(makeRun('c1').status({ message: '\u009b2J' }).obj());
    for (const format of ['json', 'yaml']) {
      const shown = await runCommand(Get, ['c1', '-o', format], { clients, terminal: { isTTY: true } });
      expect(shown.stdout).to.not.match(/\u009b/);
      expect(shown.stdout).to.include('M-^[2J');
    }
    const columns = ['a', '-o', 'custom-columns=M:.status.message'];
    expect((await runCommand(Get, columns, { clients })).stdout).to.equal('M\nx^[[2Jy\n');
  });
});
