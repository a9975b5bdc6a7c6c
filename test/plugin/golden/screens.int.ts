import { expect } from 'chai';
import type { Clients } from '../../../crds/client/index.ts';
import type { RunStatus } from '../../../crds/v1alpha1/run.ts';
import { run } from '../../acceptance/harness/cli.ts';
import { KRT_BIN } from '../../acceptance/harness/settings.ts';
import { makeRun } from '../../builders/run.ts';
import { makeRuntime } from '../../builders/runtime.ts';
import { type OldServer, startOldServer } from '../old-server.ts';
import { expectGolden } from './golden.ts';
import { requireTerminal, startOnTerminal } from './terminal.ts';

const COMMANDS = [
  'list',
  'list -A -o wide',
  'list -l team=none',
  'list -w --request-timeout=x',
  'get failed',
  'get nothing',
  'get failed -o jsno',
  'get failed -o outputs',
  'describe failed',
  'describe waiting',
  'runtime list',
  'runtime describe bash',
  'top --once',
  'top --once -A',
  'artifact list failed',
  'logs nothing',
  'wait failed',
  'wait waiting --timeout 0',
  'cancel nothing',
  'rerun failed --name again --detach --dry-run=client',
  'delete failed --dry-run=server',
  'delete',
  'run -r bash',
  'run -c true',
  'run -r bash -c true --name failed',
  'run -r bash -c true --name new --dry-run=server',
  'run -r bash echo',
  'run -r bash -c true --json -o yaml',
  'lst',
  'runtime lst',
  'list --selctor a=b',
  'list --context nope',
  'list -s http://127.0.0.1:1',
  'list -s http://127.0.0.1:1 --as-group admins',
];

/** Those where width and colour matter. */
const SOME = [
  ...['list', 'list -A -o wide', 'get failed', 'describe failed', 'describe waiting', 'top --once', 'top --once -A'],
  ...['lst', 'list --selctor a=b', 'run -r bash echo'],
];

/** Many commands in one script: a terminal for each would take longer. */
const scriptOf = (commands: readonly string[], rest: string) =>
  commands.map(words => `echo '$ krt ${words}'; "$NODE" "$KRT" ${words} ${rest}; echo "[$code]"`).join('\n');
const onTerminal = (commands: readonly string[]) => scriptOf(commands, '; code=$?');
/** With stderr behind stdout, and marked. */
const piped = (commands: readonly string[]) => scriptOf(commands, '2>"$HOME/err"; code=$?; sed "s/^/2> /" "$HOME/err"');

describe('what krt shows', function () {
  this.timeout(120_000);
  requireTerminal();
  let server: OldServer;
  let env: NodeJS.ProcessEnv;
  before(async () => {
    server = await startOldServer(populate);
    env = { ...server.env, NODE: process.execPath, KRT: KRT_BIN };
  });
  after(() => server?.stop());

  for (const [columns, commands] of [
    [80, COMMANDS],
    [40, SOME],
  ] as const) {
    it(`is as it was, on a terminal of ${columns} columns`, async () => {
      const { stdout } = await startOnTerminal(onTerminal(commands), columns, env).done;
      expectGolden(`terminal-${columns}.txt`, settled(stdout));
    });

    it(`is the same without colour where NO_COLOR is set, on ${columns} columns`, async () => {
      const { stdout } = await startOnTerminal(onTerminal(SOME), columns, { ...env, NO_COLOR: '1' }).done;
      expectGolden(`terminal-${columns}-no-color.txt`, settled(stdout));
    });

    it(`is plain text in a pipe, with COLUMNS=${columns}`, async () => {
      const { stdout } = await run('bash', ['-c', piped(commands)], { env: { ...env, COLUMNS: `${columns}` } });
      expectGolden(`piped-${columns}.txt`, settled(stdout));
    });
  }

  it('is one quiet line while a Run waits, which Ctrl-C ends with a word on how to go on', async () => {
    const krt = startOnTerminal('"$NODE" "$KRT" run -r bash -c true --name quiet; echo "[$?]"', 80, env);
    await krt.shows(/Pending, \d+s, 1 Run ahead/);
    krt.child.stdin!.write('\u0003');
    await krt.shows('[130]');
    const { stdout } = await krt.done;
    expect(withoutEscapes(stdout)).to.match(
      /^[^\n]*Pending, \d+s, 1 Run ahead[^\n]*\r*\n?detached: Run quiet goes on\r\nfollow it with: krt logs -f quiet; cancel it with: krt cancel quiet\r\n\[130\]\r\n$/,
    );
    expect(stdout.lastIndexOf('\u001b[?25h'), 'the cursor is back').to.be.above(stdout.lastIndexOf('\u001b[?25l'));
  });

  it('is on a screen of its own for krt top, until Ctrl-C', async () => {
    const krt = startOnTerminal('"$NODE" "$KRT" top; echo "[$?]"', 40, env);
    await krt.shows('RUNS/MIN');
    krt.child.stdin!.write('\u0003');
    await krt.shows('[0]');
    const { stdout } = await krt.done;
    expect(stdout).to.match(/^\u001b\[\?1049h\u001b\[\?25l.*\u001b\[\?25h\u001b\[\?1049l\[0\]\r\n$/s);
  });
});

const withoutEscapes = (text: string) => text.replace(/\u001b\[[?\d;]*[A-Za-z]/g, '');

/** What is not the same each time: instants. */
const settled = (text: string) => text.replaceAll('\r\n', '\n').replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>');

/** So many milliseconds after ten and a half days ago. */
const at = (ms: number) => new Date(Date.now() - 10.5 * 86_400_000 + ms).toISOString();

/** Runs and Runtimes in many states. */
async function populate({ runs, runtimes, namespaces }: Clients): Promise<void> {
  await namespaces.create({ metadata: { name: 'other' } });
  const make = async (draft: ReturnType<typeof makeRun>, ...statuses: RunStatus[]) => {
    const { name, namespace, labels = {} } = draft.obj().metadata;
    await runs.create({ metadata: { name: name!, namespace: namespace!, labels }, spec: draft.obj().spec });
    for (const status of statuses)
      await runs.patch(name!, namespace, { status: { ...status } }, { subresource: 'status' });
  };
  const scheduled: RunStatus = {
    phase: 'Scheduled',
    assignedPod: 'krt-runtime-bash-7d9f-x2x',
    assignedPodUID: 'u',
    attempt: 1,
  };
  const times = { startTime: at(0), completionTime: at(1250) };
  const artifact = { type: 'file', driver: 'filesystem', location: 'x', digest: `sha256:${'a'.repeat(64)}` } as const;
  await make(
    makeRun('failed')
      .meta({ labels: { team: 'a' } })
      .spec({ args: ['x', 'two words'], source: { inline: 'echo "$1"\nexit 3\n' }, timeout: '90s' }),
    scheduled,
    {
      ...{ phase: 'Failed', reason: 'ExitCode', exitCode: 3, message: 'exit code 3', ...times },
      outputs: { result: 'ok' },
      artifactRefs: [{ ...artifact, name: 'report.txt', sizeBytes: 12_345, createdAt: times.completionTime }],
      attempts: [{ attempt: 1, pod: 'krt-runtime-bash-7d9f-x2x', reason: 'ExitCode', exitCode: 3, ...times }],
    },
  );
  await make(makeRun('a-name-that-is-longer-than-the-others'), scheduled, {
    phase: 'Running',
    startTime: times.startTime,
  });
  const lastTransitionTime = at(0);
  const condition = {
    type: 'Scheduled',
    status: 'False',
    reason: 'NoFreeSlot',
    message: 'every slot is taken',
    lastTransitionTime,
  } as const;
  await make(makeRun('waiting').priority(5), { conditions: [condition] });
  await make(
    makeRun('elsewhere').namespace('other').runtime('python'),
    { ...scheduled, assignedPod: 'p' },
    {
      ...{ phase: 'Succeeded', reason: 'Completed', exitCode: 0, ...times },
    },
  );
  for (const [name, namespace] of [
    ['bash', 'default'],
    ['python', 'other'],
  ] as const) {
    await runtimes.create({ metadata: { name, namespace }, spec: makeRuntime(name).obj().spec });
  }
  const slots = { replicas: 2, readyReplicas: 1, slots: { total: 4, used: 4 } };
  await runtimes.patch('bash', 'default', { status: slots }, { subresource: 'status' });
}
