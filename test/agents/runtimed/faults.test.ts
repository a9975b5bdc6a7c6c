import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { DEFAULT_TUNING } from '../../../agents/runtimed/context.ts';
import type { Journal } from '../../../agents/runtimed/journal/journal.ts';
import { openJournal } from '../../../agents/runtimed/journal/journal.ts';
import { ApiError, ConnectionError } from '../../../crds/client/api-error.ts';
import { makeRun } from '../../builders/run.ts';
import { Bench } from './harness.ts';

const refused = () => new ConnectionError('api', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));

describe('runtimed under faults', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });
  afterEach(() => bench.close());

  it('recognises its own finish write when the answer was lost', async () => {
    await bench.start();
    bench.server.script = execution => execution.end({ exitCode: 2 });
    bench.runs.loseReply('patch');
    bench.assign('a');
    await bench.untilEnded('a');
    await bench.until(() => bench.server.executions.size === 0);
    expect(bench.runs.calls.filter(({ verb }) => verb === 'patch')).to.have.length(1);
    expect(await bench.metric('krt_runtimed_late_results_dropped_total')).to.equal(0);
  });

  it('recognises its own retry write when the answer was lost', async () => {
    await bench.start();
    bench.server.script = execution => execution.end({ exitCode: 2 });
    bench.runs.loseReply('patch');
    bench.assign(makeRun('a').spec({ retryPolicy: { maxAttempts: 3 } }));
    await bench.until(() => bench.run('a').status?.phase === 'Pending' && bench.server.executions.size === 0);
    expect(bench.runs.calls.filter(({ verb }) => verb === 'patch')).to.have.length(1);
  });

  it('decides again on a conflict', async () => {
    await bench.start();
    bench.assign('a');
    const execution = await bench.started('a');
    bench.runs.log.hold();
    await bench.runs.patch('a', 'default', { metadata: { labels: { x: 'y' } } });
    execution.end();
    const run = await bench.untilEnded('a');
    expect(run.metadata.labels).to.deep.equal({ x: 'y' });
    expect(run.status).to.include({ phase: 'Succeeded' });
  });

  it('drops a late result of an attempt that was given away, and counts it', async () => {
    await bench.start();
    bench.assign('a');
    const execution = await bench.started('a');
    bench.runs.log.hold();
    const run = bench.run('a');
    const theirs = { ...run.status, attempt: 2, assignedPod: 'pod-2', assignedPodUID: 'uid-pod-2' };
    bench.runs.seed({ ...run, status: theirs });
    execution.end({ exitCode: 1 });
    await bench.until(() => bench.server.executions.size === 0);
    expect(bench.run('a').status).to.deep.equal(theirs);
    expect(await bench.metric('krt_runtimed_late_results_dropped_total')).to.equal(1);
  });

  it('goes on executing without the API server and tells the result when it is back', async () => {
    await bench.start();
    bench.assign('a');
    const execution = await bench.started('a');
    let down = true;
    bench.runs.before = () => {
      if (down) throw refused();
    };
    bench.runs.log.close(refused());
    execution.print('still here\n').end({ exitCode: 5 });
    await bench.clock.advance(60_000);
    expect(bench.run('a').status?.phase).to.equal('Scheduled');
    down = false;
    expect((await bench.untilEnded('a', 500)).status).to.include({ phase: 'Failed', exitCode: 5 });
  });

  it('waits out an API server that refuses for a while', async () => {
    await bench.start();
    for (const status of [429, 500, 403]) bench.runs.failNext('patch', new ApiError(status, { message: 'not now' }));
    bench.server.script = execution => execution.end();
    bench.assign('a');
    await bench.started('a');
    expect((await bench.untilEnded('a', 100)).status).to.include({ phase: 'Succeeded' });
  });

  it('ends what runs when the API server is out of reach for too long', async () => {
    const runtimed = await bench.start();
    bench.assign(makeRun('a').spec({ retryPolicy: { maxAttempts: 2 } }));
    const execution = await bench.started('a');
    await bench.clock.advance(1000);
    let down = true;
    bench.runs.before = () => {
      if (down) throw refused();
    };
    bench.runs.log.close(refused());
    await bench.clock.advance(220_000);
    expect(execution.ended).to.equal(false);
    const since = bench.clock.now();
    await bench.until(() => execution.ended, { tick: 1000 });
    expect(bench.clock.now() - since).to.be.at.most(40_000);
    expect(runtimed.notReady()).to.equal('the API server is out of reach');
    down = false;
    await bench.until(() => bench.run('a').status?.phase === 'Pending', { tick: 500 });
    expect(bench.run('a').status?.attempts?.[0]).to.include({ reason: 'PodLost' });
    expect(runtimed.notReady()).to.equal(undefined);
  });

  it('is fenced by silence alone, and not by a clock that is set', async () => {
    await bench.start();
    bench.assign('a');
    const execution = await bench.started('a');
    await bench.clock.advance(1000);
    bench.clock.jump(3_600_000);
    await bench.clock.advance(60_000);
    expect(execution.ended).to.equal(false);
    bench.runs.before = () => {
      throw refused();
    };
    bench.runs.log.close(refused());
    await bench.clock.advance(100_000);
    bench.clock.jump(-7_200_000);
    await bench.clock.advance(100_000);
    expect(execution.ended).to.equal(false);
    await bench.until(() => execution.ended, { tick: 1000 });
  });

  it('is not fenced by a quiet API server that answers', async () => {
    const runtimed = await bench.start();
    bench.assign('a');
    const execution = await bench.started('a');
    for (let i = 0; i < 60; i++) await bench.clock.advance(10_000);
    expect(execution.ended).to.equal(false);
    expect(runtimed.notReady()).to.equal(undefined);
  });

  it('gives back at SIGTERM what has not started and lets the rest finish', async () => {
    const runtimed = await bench.start();
    for (const name of ['a', 'b', 'c']) bench.assign(name);
    const a = await bench.started('a');
    const b = await bench.started('b');
    bench.terminate();
    await bench.until(() => bench.run('c').status?.phase === 'Pending');
    expect(bench.run('c').status).to.include({ attempt: 0 }).and.not.have.any.keys('assignedPod', 'assignedPodUID');
    expect(runtimed.notReady()).to.equal('the Pod is being stopped');
    bench.assign('late');
    await bench.until(() => bench.run('late').status?.phase === 'Pending');
    a.end();
    await bench.untilEnded('a');
    await bench.clock.advance(20_000);
    expect(b.cancelled).to.equal(true);
    expect((await bench.untilEnded('b')).status).to.include({ phase: 'Failed', reason: 'Draining' });
    await runtimed.stopped;
    expect(bench.server.starts).to.have.members(['uid-a.1', 'uid-b.1']);
  });

  it('waits at SIGTERM for what a scheduler that has not heard of it assigns, and gives it back', async () => {
    const runtimed = await bench.start();
    await bench.until(() => runtimed.notReady() === undefined);
    let stopped = false;
    const over = runtimed.stopped.then(() => {
      stopped = true;
    });
    bench.terminate();
    await bench.clock.advance(DEFAULT_TUNING.lateMs - 1);
    expect(stopped).to.equal(false);
    bench.assign('late');
    await bench.until(() => bench.run('late').status?.phase === 'Pending');
    await bench.clock.advance(1);
    await over;
    expect(bench.run('late').status).to.include({ attempt: 0 });
    expect(bench.server.starts).to.deep.equal([]);
  });

  it('stops within its bound when results can not be told', async () => {
    const runtimed = await bench.start();
    bench.assign('a');
    await bench.started('a');
    bench.runs.before = () => {
      throw refused();
    };
    bench.terminate();
    await bench.clock.advance(20_000 + 8_000);
    await runtimed.stopped;
    bench.runs.before = undefined;
  });

  it('publishes its token again for a Runtime Server that was restarted, and takes it away after', async () => {
    const runtimed = await bench.start();
    await bench.until(() => runtimed.notReady() === undefined);
    bench.server.failNext('health', 'unauthenticated');
    await bench.clock.advance(3001);
    expect(runtimed.notReady()).to.contain('unauthenticated');
    await bench.until(() => existsSync(join(bench.dir, 'auth/token')));
    await bench.until(() => runtimed.notReady() === undefined, { tick: 10 });
    expect(existsSync(join(bench.dir, 'auth/token'))).to.equal(false);
  });

  it('forgets executions that nobody here knows', async () => {
    await bench.server.execute({ ...(await request('stranger.1')) });
    const runtimed = await bench.start();
    await bench.until(() => runtimed.notReady() === undefined);
    expect([...bench.server.executions.keys()]).to.deep.equal([]);
  });
});

const request = async (id: string) => ({
  id,
  args: [],
  env: {},
  timeoutSeconds: 0,
  workingDir: '/',
  entrypoint: '',
  handler: '',
});

/** Counts every effect on the outside and stops for good before or after the n-th: what kill -9 does. */
class Crash {
  count = 0;
  readonly #at: number;
  readonly #after: boolean;
  #stopped = false;
  readonly steps: string[] = [];

  constructor(at: number, after: boolean) {
    this.#at = at;
    this.#after = after;
  }

  get dead(): boolean {
    return this.#stopped;
  }

  kill(): void {
    this.#stopped = true;
  }

  async step<T>(name: string, act: () => Promise<T>): Promise<T> {
    if (this.dead) return new Promise(() => {});
    this.count += 1;
    this.steps.push(name);
    if (this.count < this.#at) return act();
    if (!this.#after) {
      this.#stopped = true;
      return new Promise(() => {});
    }
    await act().catch(() => undefined);
    this.#stopped = true;
    return new Promise(() => {});
  }
}

describe('a runtimed that is killed at any step', () => {
  for (const [script, exitCode] of [
    ['succeeds', 0],
    ['fails and is retried', 9],
  ] as const) {
    it(`leaves a Run that ${script} to its successor, which brings it to one end without a second start`, async () => {
      const steps = await survive(new Crash(Number.POSITIVE_INFINITY, false), exitCode);
      expect(steps).to.include.members(['append', 'execute', 'log', 'patch', 'forget']);
      for (let at = 1; at <= steps.length; at++) {
        for (const after of [false, true]) {
          const crash = new Crash(at, after);
          await survive(crash, exitCode).catch(cause => {
            throw new Error(`killed ${after ? 'after' : 'before'} step ${at} of ${crash.steps.join(', ')}`, { cause });
          });
          expect(crash.dead).to.equal(true);
        }
      }
    });
  }

  it('adopts a program that still runs, reads its output again and tells its end', async () => {
    const bench = new Bench();
    const crash = new Crash(Number.POSITIVE_INFINITY, false);
    await startDoomed(bench, crash);
    bench.assign('a');
    const execution = await bench.started('a');
    execution.print('one\nprompt: ');
    await bench.until(() => bench.lines.length === 2, { tick: 20 });
    crash.kill();
    const before = bench.lines.splice(0);
    await bench.start();
    await bench.until(() => bench.lines.length === 2);
    execution.print('two\n').end({ exitCode: 3 });
    const { status } = await bench.untilEnded('a', 10);
    expect(status).to.include({ phase: 'Failed', exitCode: 3 });
    expect(bench.lines.slice(0, 2)).to.deep.equal(before.map((line, i) => ({ ...line, ...timeOf(bench.lines[i]!) })));
    expect(bench.lines.slice(2).map(({ seq, message }) => [seq, message])).to.deep.equal([
      [3, 'two'],
      [4, ''],
    ]);
    expect(bench.server.requests).to.have.length(1);
    await bench.close();
  });
});

const timeOf = (line: object) => ({ time: (line as { time?: string }).time });

async function startDoomed(bench: Bench, crash: Crash): Promise<void> {
  await bench.start({
    runs: crashing(bench.runs, crash, ['patch', 'get']),
    connect: () => crashing(bench.server, crash, ['execute', 'forget', 'cancel', 'status', 'list']),
    sink: { write: data => crash.step('log', async () => bench.take(data)) },
    openJournal: async dir => {
      const journal = await openJournal(dir);
      bench.closing.push(() => journal.close());
      return crashing<Journal>(journal, crash, ['append']);
    },
  });
}

/** Runs one Run through a process that crashes and its successor; gives the steps that the first one took. */
async function survive(crash: Crash, exitCode: number): Promise<string[]> {
  const bench = new Bench();
  try {
    bench.server.script = execution => execution.print('hello\n').end({ exitCode });
    await startDoomed(bench, crash);
    bench.assign(makeRun('a').spec({ retryPolicy: { maxAttempts: 2 } }));
    const settled = () => ['Pending', 'Succeeded'].includes(bench.run('a').status?.phase ?? '');
    await bench.until(() => crash.dead || (settled() && bench.server.executions.size === 0));
    // what follows Forget: the journal is told
    await bench.until(() => crash.dead || crash.steps.filter(step => step === 'append').length === 3);

    await bench.start();
    await bench.until(() => settled() && bench.server.executions.size === 0, { tick: 1 });
    const { status } = bench.run('a');
    expect(bench.server.starts.length, 'starts').to.be.at.most(1);
    expect(status?.attempts, 'records').to.have.length(1);
    const crashed = status?.attempts?.[0]?.reason === 'RuntimeCrashed';
    // only a kill between the claim and Execute costs the attempt: nobody can know whether it was started
    if (crashed) expect(bench.server.starts).to.deep.equal([]);
    else expect(status?.attempts?.[0]).to.include({ exitCode, reason: exitCode === 0 ? 'Completed' : 'ExitCode' });
    expect(status?.phase).to.equal(exitCode === 0 && !crashed ? 'Succeeded' : 'Pending');
    if (!crashed) expect(bench.lines[0]).to.include({ message: 'hello', seq: 1 });
    return crash.steps;
  } finally {
    await bench.close();
  }
}

function crashing<T extends object>(target: T, crash: Crash, methods: readonly string[]): T {
  return new Proxy(target, {
    get(object, name) {
      const value = Reflect.get(object, name) as unknown;
      if (typeof value !== 'function') return value;
      const bound = (value as (...args: unknown[]) => Promise<unknown>).bind(object);
      return methods.includes(String(name))
        ? (...args: unknown[]) => crash.step(String(name), () => bound(...args))
        : bound;
    },
  });
}
