import { expect } from 'chai';
import type { RunStatus } from '../../../crds/v1alpha1/run.ts';
import Run from '../../../plugin/commands/run.ts';
import { interruptedError } from '../../../plugin/errors.ts';
import { EVENT_FIELDS, RUN_EVENTS, type RunEvent } from '../../../plugin/services/run/run-event.ts';
import { cliConfig, type Outcome, runCommand, type Surroundings } from '../harness.ts';
import { Scene } from '../services/logs/scene.ts';

const COMMON = ['type', 'time', 'run', 'namespace', 'uid'];

/** The events on stdout, each checked against the table that the documentation is made from. */
function eventsOf({ stdout }: Outcome): RunEvent[] {
  const events = stdout
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as RunEvent);
  for (const event of events) {
    const allowed: readonly string[] = [...COMMON, ...RUN_EVENTS[event.type].fields];
    expect(Object.keys(event).filter(field => !allowed.includes(field))).to.deep.equal([]);
    expect(event).to.include.keys(COMMON);
    expect(event).to.include({ run: 'job', namespace: 'default' });
    expect(Date.parse(event.time)).to.be.a('number').and.not.to.be.NaN;
  }
  return events;
}

/** Events without what all of them have. */
const bare = (events: readonly RunEvent[]) =>
  events.map(event => Object.fromEntries(Object.entries(event).filter(([key]) => !COMMON.slice(1).includes(key))));

describe('krt run --json', () => {
  let scene: Scene;
  let around: Surroundings;
  before(() => cliConfig());
  beforeEach(() => {
    scene = new Scene();
    around = { clients: Object.assign(scene.clients, { podLog: scene.logs.open }), clock: scene.clock };
  });
  afterEach('leaves nothing behind', () => {
    expect([scene.clock.sleeping, scene.logs.following, scene.clients.runs.log.open]).to.deep.equal([0, 0, 0]);
  });

  async function start(flags: string[] = [], more: Surroundings = {}): Promise<Promise<Outcome>[]> {
    const argv = ['-r', 'bash', '--name', 'job', '-c', 'x', '--json', ...flags];
    const going = runCommand(Run, argv, { ...around, ...more });
    await scene.settle();
    scene.name = 'job';
    return [going];
  }

  async function print(lines: (string | Buffer)[], attempt = 1): Promise<void> {
    scene.schedule('p', attempt);
    scene.print(lines);
    await scene.settle();
  }

  it('tells what happens from the beginning to the end, with each line of output', async () => {
    const [going] = await start();
    await print(['out\n', '!err\n', 'no end']);
    scene.end();
    const outputs = { k: 'v' };
    scene.finish({ phase: 'Failed', reason: 'ExitCode', exitCode: 3, message: 'exit code 3', outputs });
    const end = await going!;
    expect([end.stderr, end.exitCode]).to.deep.equal(['', 3]);
    expect(bare(eventsOf(end))).to.deep.equal([
      { type: 'created', runtime: 'bash' },
      { type: 'scheduled', attempt: 1, pod: 'p' },
      { type: 'running', attempt: 1 },
      { type: 'log', attempt: 1, stream: 'stdout', seq: 1, message: 'out' },
      { type: 'log', attempt: 1, stream: 'stderr', seq: 2, message: 'err' },
      { type: 'log', attempt: 1, stream: 'stdout', seq: 3, message: 'no end', partial: true },
      {
        ...{ type: 'finished', phase: 'Failed', attempt: 1, reason: 'ExitCode', exitCode: 3, message: 'exit code 3' },
        ...{ outputs, artifacts: [] },
      },
    ]);
  });

  it('tells bytes that are no text in base64', async () => {
    const [going] = await start();
    await print([Buffer.from([0xff, 0x00, 0x0a])]);
    scene.end();
    scene.finish();
    expect(bare(eventsOf(await going!))).to.deep.include({
      ...{ type: 'log', attempt: 1, stream: 'stdout', seq: 1, message: '/wA=', encoding: 'base64' },
    });
  });

  it('tells why it waits, once for each reason', async () => {
    const [going] = await start();
    const waits = (reason: string, message: string): RunStatus => ({
      conditions: [{ type: 'Scheduled', status: 'False', reason, message, lastTransitionTime: '2026-01-01T00:00:00Z' }],
    });
    for (const status of [
      waits('NoFreeSlot', 'all full'),
      waits('NoFreeSlot', 'all full'),
      waits('NoReadyPod', 'none'),
    ]) {
      scene.set(status);
      await scene.settle();
    }
    await print([]);
    scene.end();
    scene.finish();
    expect(bare(eventsOf(await going!)).slice(0, 4)).to.deep.equal([
      { type: 'created', runtime: 'bash' },
      { type: 'waiting', reason: 'NoFreeSlot', message: 'all full' },
      { type: 'waiting', reason: 'NoReadyPod', message: 'none' },
      { type: 'scheduled', attempt: 1, pod: 'p' },
    ]);
  });

  it('tells of each attempt', async () => {
    const [going] = await start();
    await print(['one\n']);
    scene.end();
    const nextAttemptTime = '2026-01-01T00:00:01.000000Z';
    scene.finish({ phase: 'Pending', reason: 'ExitCode', nextAttemptTime });
    await scene.settle();
    await print(['two\n'], 2);
    scene.end();
    scene.finish();
    expect(bare(eventsOf(await going!)).map(({ type, attempt }) => [type, attempt])).to.deep.equal([
      ['created', undefined],
      ['scheduled', 1],
      ['running', 1],
      ['log', 1],
      ['retried', 1],
      ['scheduled', 2],
      ['running', 2],
      ['log', 2],
      ['finished', 2],
    ]);
  });

  it('tells no output with --wait, and reads none', async () => {
    const [going] = await start(['--wait']);
    await print(['out\n']);
    scene.end();
    scene.finish();
    expect(eventsOf(await going!).map(({ type }) => type)).to.deep.equal(['created', 'scheduled', 'finished']);
    expect(scene.logs.calls).to.deep.equal([]);
  });

  it('tells only that the Run is made with --detach', async () => {
    const [going] = await start(['--detach']);
    expect(eventsOf(await going!).map(({ type }) => type)).to.deep.equal(['created']);
  });

  it('tells of output that is lost, and of a Run that is deleted', async () => {
    const [going] = await start();
    await print(['out\n']);
    scene.logs.remove('p');
    scene.clients.runs.remove('job');
    await scene.clock.advance(60_000);
    const end = await going!;
    const types = eventsOf(end).map(({ type }) => type);
    expect(types.slice(-2)).to.deep.equal(['incomplete', 'deleted']);
    expect(end.exitCode).to.equal(70);
  });

  it('ends without another event when it is interrupted, and says on stderr how to go on', async () => {
    const stop = new AbortController();
    const [going] = await start([], { signal: stop.signal });
    await print(['out\n']);
    stop.abort(interruptedError());
    const end = await going!;
    expect(eventsOf(end).at(-1)).to.include({ type: 'log' });
    expect([end.exitCode, end.stderr.split('\n')[0]]).to.deep.equal([130, 'detached: Run job goes on']);
  });

  it('lets no control character of a program reach a terminal', async () => {
    const [going] = await start([], { terminal: { isTTY: true } });
    await print(['\u009b31mred\u001b[0m\u007f\n']);
    scene.end();
    scene.finish();
    expect((await going!).stdout).to.not.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  for (const [flags, message] of [
    [['-o', 'json'], '--output and --json do not go together'],
    [['--dry-run=client'], '--dry-run and --json do not go together'],
  ] as const) {
    it(`does not go with ${flags.join(' ')}`, async () => {
      const [going] = await start([...flags]);
      const end = await going!;
      expect([end.exitCode, end.stdout, scene.clients.runs.writes]).to.deep.equal([64, '', 0]);
      expect(end.stderr).to.include(message);
    });
  }

  it('has every field of an event explained', () => {
    const fields = [...COMMON, ...Object.values(RUN_EVENTS).flatMap(({ fields }): readonly string[] => fields)];
    expect([...new Set(fields)].sort()).to.deep.equal(Object.keys(EVENT_FIELDS).sort());
  });
});
