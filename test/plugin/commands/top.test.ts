import { expect } from 'chai';
import { ApiError, ConnectionError } from '../../../crds/client/api-error.ts';
import Top from '../../../plugin/commands/top.ts';
import { brokenPipeError, interruptedError } from '../../../plugin/errors.ts';
import { makeRun } from '../../builders/run.ts';
import { makeRuntime } from '../../builders/runtime.ts';
import { type FakeClients, makeFakeClients } from '../../fakes/clients.ts';
import { FakeClock, settle } from '../../fakes/clock.ts';
import { NOW, type Outcome, runCommand, type Surroundings } from '../harness.ts';

const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';

/** Runtime bash with a Run that waits, one that runs and three that ended; python without a Pod, in another namespace. */
function someClients(): FakeClients {
  const clients = makeFakeClients();
  const status = { readyReplicas: 1, slots: { total: 8, used: 1 } };
  clients.runtimes.seed(makeRuntime('bash').status(status).obj());
  clients.runtimes.seed(makeRuntime('python').meta({ namespace: 'other' }).replicas(0).obj());
  clients.runs.seed(makeRun('waits').created(at(-200)).obj());
  clients.runs.seed(makeRun('runs').running('p').obj());
  for (const [i, phase] of (['Succeeded', 'Failed', 'Succeeded'] as const).entries()) {
    const scheduledTime = at(-5.25 - i);
    clients.runs.seed(makeRun(`ended-${i}`).scheduled('p').status({ scheduledTime }).ended(phase, at(-5)).obj());
  }
  return clients;
}

describe('krt top', () => {
  for (const [args, terminal, lines] of [
    [
      [],
      {},
      [
        'NAME   PODS   SLOTS   WAITING   LONGEST   RUNS/MIN   FAILED/MIN   MEDIAN',
        'bash   1/2    1/8     1         3m20s     3.0        1.0          1.3s',
      ],
    ],
    [
      ['-A', '--window', '5s'],
      {},
      [
        'NAMESPACE   NAME     PODS   SLOTS   WAITING   LONGEST   RUNS/MIN   FAILED/MIN   MEDIAN',
        'default     bash     1/2    1/8     1         3m20s     36         12           1.3s',
        'other       python   0/0    0/0     0                   0          0            ',
      ],
    ],
    [['bash', '--no-headers'], {}, ['bash   1/2   1/8   1     3m20s   3.0   1.0   1.3s']],
    [['python', '-n', 'other', '--no-headers'], {}, ['python   0/0   0/0   0           0     0     ']],
    [
      ['--once'],
      { isTTY: true, columns: 40 },
      ['NAME   PODS   SLOTS   WAITING   RUNS/MIN', 'bash   1/2    1/8     1         3.0'],
    ],
    [
      ['--once'],
      { isTTY: true, columns: 66 },
      [
        'NAME   PODS   SLOTS   WAITING   LONGEST   RUNS/MIN   FAILED/MIN',
        'bash   1/2    1/8     1         3m20s     3.0        1.0',
      ],
    ],
    [
      ['--once'],
      { isTTY: true, colour: true },
      [
        'NAME   PODS   SLOTS   WAITING   LONGEST   RUNS/MIN   FAILED/MIN   MEDIAN',
        'bash   \u001b[33m1/2\u001b[39m    1/8     \u001b[33m1\u001b[39m         3m20s     3.0        \u001b[31m1.0\u001b[39m          1.3s',
      ],
    ],
  ] as const) {
    it(`shows the loads once: ${[...args, ...Object.keys(terminal)].join(' ')}`, async () => {
      const end = await runCommand(Top, [...args], { clients: someClients(), terminal });
      expect(end.stdout.split('\n')).to.deep.equal([...lines, '']);
      expect([end.stderr, end.exitCode]).to.deep.equal(['', 0]);
    });
  }

  it('shows them once on a terminal that can but print', async () => {
    const around = { clients: someClients(), terminal: { isTTY: true }, env: { TERM: 'dumb' } };
    const end = await runCommand(Top, [], around);
    expect(end.stdout).to.match(/^NAME .*\nbash .*\n$/);
  });

  it('gives them as data', async () => {
    const end = await runCommand(Top, ['-o', 'json'], { clients: someClients(), terminal: { isTTY: true } });
    expect(JSON.parse(end.stdout)).to.deep.equal([
      {
        ...{ namespace: 'default', name: 'bash', pods: { ready: 1, wanted: 2 }, slots: { used: 1, total: 8 } },
        ...{ waiting: 1, longestWaitSeconds: 200, ended: 3, failed: 1, runsPerMinute: 3, windowSeconds: 60 },
        medianSeconds: 1.25,
      },
    ]);
  });

  it('says so where there is nothing to show', async () => {
    const end = await runCommand(Top, [], { clients: makeFakeClients() });
    expect([end.stdout, end.stderr]).to.deep.equal(['', 'No Runtimes found in default namespace.\n']);
    const all = await runCommand(Top, ['-A', '-o', 'json'], { clients: makeFakeClients() });
    expect([all.stdout, all.stderr]).to.deep.equal(['[]\n', '']);
  });

  for (const [args, message] of [
    [['nope'], 'runtimes.kruntimes.io "nope" not found'],
    [['bash', '-A'], 'a name belongs to one namespace'],
    [['--window', '1ms'], '--window: rates need a second at least'],
    [['run/bash'], '"run/bash" is not a runtime'],
  ] as const) {
    it(`refuses ${args.join(' ')}`, async () => {
      const end = await runCommand(Top, [...args], { clients: someClients() });
      expect([end.exitCode, end.stdout, end.stderr.split('\n')[0]]).to.deep.equal([64, '', `error: ${message}`]);
    });
  }

  describe('on a terminal', () => {
    const clients = { current: someClients() };
    let clock: FakeClock;
    let stop: AbortController;
    beforeEach(() => {
      clients.current = someClients();
      clock = new FakeClock(NOW);
      stop = new AbortController();
    });
    afterEach('leaves nothing behind', () => {
      expect([clock.sleeping, clients.current.runs.log.open, clients.current.runtimes.log.open]).to.deep.equal([
        0, 0, 0,
      ]);
    });

    async function live(act: () => void | Promise<void>, more: Surroundings = {}): Promise<Outcome> {
      const terminal = { isTTY: true, columns: 40 };
      const around = { clients: clients.current, clock, signal: stop.signal, terminal, ...more };
      const going = runCommand(Top, [], around);
      for (let turn = 0; turn < 4; turn++) await settle();
      await act();
      return going;
    }

    /** The screens that were drawn, without what moves the cursor. */
    const screensOf = ({ stdout }: Outcome) =>
      stdout
        .slice(ENTER.length, -LEAVE.length)
        .split('\u001b[H')
        .slice(1)
        .map(screen =>
          screen
            .replace(/\u001b\[[KJ]/g, '')
            .trimEnd()
            .split('\r\n'),
        );

    it('goes on as things change, and gives the terminal back on Ctrl-C, which is no failure', async () => {
      const end = await live(async () => {
        await clock.advance(400);
        clients.current.runs.seed(makeRun('more').created(at(0)).obj());
        await clock.advance(200);
        stop.abort(interruptedError());
      });
      expect([end.exitCode, end.stderr]).to.deep.equal([0, '']);
      expect(end.stdout.startsWith(ENTER) && end.stdout.endsWith(LEAVE)).to.equal(true);
      const [first, second, ...more] = screensOf(end);
      expect(first![0]).to.match(/^\d\d:\d\d:\d\d {2}default {2}last 60s {2}Ctrl-C ends$/);
      expect(first!.slice(1)).to.deep.equal([
        '',
        'NAME   PODS   SLOTS   WAITING   RUNS/MIN',
        'bash   1/2    1/8     1         3.0',
      ]);
      expect(second!.at(-1)).to.equal('bash   1/2    1/8     2         3.0');
      expect(more).to.deep.equal([]);
    });

    it('asks for nothing while it is shown', async () => {
      await live(async () => {
        await clock.advance(60_000);
        stop.abort(interruptedError());
      });
      const { runs, runtimes } = clients.current;
      for (const { calls } of [runs, runtimes]) {
        expect(calls.map(({ verb }) => verb)).to.deep.equal(['list', 'watch']);
      }
    });

    it('says that the connection is lost, for as long as it is', async () => {
      const end = await live(async () => {
        clients.current.runs.failNext('watch', new ConnectionError('http://test', new Error('ECONNREFUSED')));
        clients.current.runs.log.close();
        await clock.advance(1000);
        await clock.advance(20_000);
        stop.abort(interruptedError());
      });
      const lines = screensOf(end).map(([, line]) => line);
      expect(lines[0]).to.equal('');
      expect(lines.some(line => line!.startsWith('no connection, trying again: '))).to.equal(true);
      expect(lines.at(-1)).to.equal('');
    });

    it('shows no more lines than the terminal has', async () => {
      for (let i = 0; i < 30; i++) clients.current.runtimes.seed(makeRuntime(`more-${i}`).obj());
      const end = await live(() => stop.abort(interruptedError()), {
        clients: clients.current,
        terminal: { isTTY: true, rows: 10 },
      });
      expect(screensOf(end)[0]).to.have.length(10);
    });

    it('tells what is wrong on the screen that was there', async () => {
      clients.current.runs.failNext('list', new ApiError(403, { code: 403, message: 'runs is forbidden' }));
      const end = await live(() => undefined);
      expect([end.exitCode, end.stdout]).to.deep.equal([77, '']);
      expect(end.stderr).to.include('error: runs is forbidden\n');
    });

    it('gives the terminal back where it fails later, or nobody reads it any more', async () => {
      const denied = await live(async () => {
        clients.current.runs.failNext('watch', new ApiError(403, { code: 403, message: 'runs is forbidden' }));
        clients.current.runs.log.close();
        await clock.advance(1000);
      });
      expect([denied.exitCode, denied.stdout.endsWith(LEAVE)]).to.deep.equal([77, true]);
      stop = new AbortController();
      clock = new FakeClock(NOW);
      const unread = await live(() => stop.abort(brokenPipeError()));
      expect([unread.exitCode, unread.stdout.endsWith(LEAVE)]).to.deep.equal([141, true]);
    });
  });
});
