import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Result } from '../../../agents/conformance/check.ts';
import { CHECKS, runChecks } from '../../../agents/conformance/run-checks.ts';
import { Subject, type SubjectOptions } from '../../../agents/conformance/subject.ts';
import { systemClock } from '../../../agents/lib/clock.ts';
import {
  connectRuntime,
  emptyStatus,
  RuntimeError,
  type RuntimeHandlers,
  serveRuntime,
} from '../../../agents/protocol/index.ts';
import type { ProcessTable } from '../../../agents/runtimes/lib/process-table.ts';
import { type Bench, handlersOf, makeBench } from '../runtimes/harness.ts';
import { freePort, launch, type Server } from '../runtimes/server-process.ts';

const TOKEN = 'a-token-that-nobody-else-has';

function subjectAt(address: string, options: Partial<SubjectOptions> & { workdir: string }): Subject {
  const connect = (token: string | undefined) => connectRuntime({ address, token: () => token, clock: systemClock });
  return new Subject({
    client: connect(TOKEN),
    stranger: connect,
    token: TOKEN,
    clock: systemClock,
    patienceMs: 30_000,
    prefix: 'conformance',
    ...options,
  });
}

async function resultsOf(subject: Subject, names?: readonly string[]): Promise<Result[]> {
  try {
    return await Array.fromAsync(
      runChecks(
        subject,
        CHECKS.filter(({ name }) => !names || names.includes(name)),
      ),
    );
  } finally {
    subject.client.close();
  }
}

/** Those that did not pass, with what they said. */
const told = (results: readonly Result[]) =>
  results.flatMap(({ name, result, message }) => (result === 'passed' ? [] : [`${name} ${result}: ${message}`]));

describe('the conformance kit', function () {
  this.timeout(120_000);

  describe('passes each built-in Runtime Server:', () => {
    let dir: string;
    let server: Server | undefined;
    beforeEach(() => {
      dir = realpathSync(mkdtempSync(join(tmpdir(), 'krt-conformance-')));
      for (const name of ['auth', 'work', 'spool']) mkdirSync(join(dir, name));
    });
    afterEach(async () => {
      server?.kill('SIGTERM');
      await server;
      rmSync(dir, { recursive: true, force: true });
    });

    for (const [name, source] of [
      ['bash', 'echo hello'],
      ['python', 'print("hello")'],
      ['node', 'console.log("hello")'],
    ] as const) {
      it(name, async () => {
        const port = await freePort();
        const address = `127.0.0.1:${port}`;
        const env = {
          KRT_RUNTIME_PORT: `${port}`,
          KRT_AUTH_DIR: join(dir, 'auth'),
          KRT_SPOOL_DIR: join(dir, 'spool'),
          KRT_GRACE_SECONDS: '0.5',
          KRT_SHUTDOWN_SECONDS: '0',
          KRT_LOG_LEVEL: 'warn',
        };
        const start = async () => {
          server = launch(env, name);
          writeFileSync(join(dir, 'auth/new'), TOKEN);
          renameSync(join(dir, 'auth/new'), join(dir, 'auth/token'));
          const client = connectRuntime({ address, token: () => TOKEN, clock: systemClock });
          while (!(await client.health().catch(() => undefined))?.healthy) await systemClock.sleep(20);
          client.close();
          unlinkSync(join(dir, 'auth/token'));
        };
        const restart = async () => {
          server?.kill('SIGKILL');
          await server;
          await start();
        };
        await start();
        writeFileSync(join(dir, 'work/hello'), source);
        const subject = subjectAt(address, { workdir: join(dir, 'work'), entrypoint: 'hello', restart });
        expect(told(await resultsOf(subject))).to.deep.equal([]);
      });
    }
  });

  describe('fails a server', () => {
    let bench: Bench;
    let stop: AbortController;
    beforeEach(() => {
      bench = makeBench({ graceMs: 300 });
      stop = new AbortController();
    });
    afterEach(async () => {
      stop.abort();
      await bench.close();
    });

    /** What is wrong with a server, the checks to make, and those that say so. */
    const DEFECTS: readonly {
      readonly that: string;
      readonly break: (table: ProcessTable) => Partial<RuntimeHandlers>;
      readonly fails: readonly string[];
      readonly passes?: readonly string[];
      readonly token?: string;
    }[] = [
      {
        that: 'says that it is unhealthy',
        break: () => ({ health: () => ({ healthy: false, message: 'never' }) }),
        fails: ['health'],
        passes: ['success'],
      },
      { that: 'takes any token', break: () => ({}), token: '', fails: ['authentication'], passes: ['success'] },
      {
        that: 'knows every id',
        break: table => ({
          status: id => (has(table, id) ? table.status(id) : emptyStatus(id, 'succeeded')),
        }),
        fails: ['unknown ids', 'Forget'],
        passes: ['success', 'List'],
      },
      {
        that: 'tells 0 for every exit code',
        break: table => {
          const clean = (status: ReturnType<ProcessTable['status']>) => ({
            ...status,
            state: 'succeeded' as const,
            exitCode: 0,
          });
          return {
            status: id => clean(table.status(id)),
            attach: (id, offsets, signal) =>
              mapped(table.attach(id, offsets, signal), event =>
                event.type === 'final' ? { ...event, status: clean(event.status) } : event,
              ),
          };
        },
        fails: ['exit codes', 'signals', 'timeout', 'held output'],
        passes: ['success', 'arguments'],
      },
      {
        that: 'splits arguments at blanks',
        break: table => ({
          execute: request =>
            table.execute({
              ...request,
              args: request.args.slice(0, 4).concat(request.args.slice(4).flatMap(arg => arg.split(' '))),
            }),
        }),
        fails: ['arguments'],
        passes: ['success'],
      },
      {
        that: 'starts a repeated Execute again',
        break: table => {
          let count = 0;
          return {
            execute: request => {
              if (has(table, request.id)) table.execute({ ...request, id: `again-${count++}` });
              else table.execute(request);
              return request.id;
            },
          };
        },
        fails: ['repeated Execute', 'repeats at once'],
        passes: ['success', 'side by side'],
      },
      {
        that: 'refuses a repeated Execute',
        break: table => ({
          execute: request => {
            if (has(table, request.id)) throw new RuntimeError('alreadyExists', 'once is enough');
            return table.execute(request);
          },
        }),
        fails: ['repeated Execute', 'repeats at once'],
        passes: ['success'],
      },
      {
        that: 'does not cancel',
        break: () => ({ cancel: () => {} }),
        fails: ['cancel', 'stubborn programs'],
        passes: ['timeout'],
      },
      {
        that: 'knows no timeout',
        break: table => ({ execute: request => table.execute({ ...request, timeoutSeconds: 0 }) }),
        fails: ['timeout'],
        passes: ['cancel'],
      },
      {
        that: 'forgets nothing',
        break: () => ({ forget: () => {} }),
        fails: ['Forget'],
        passes: ['cancel'],
      },
      {
        that: 'lists only what runs, with its output',
        break: table => ({
          list: () => table.list().flatMap(({ id, state }) => (state === 'running' ? [table.status(id)] : [])),
        }),
        fails: ['List'],
        passes: ['success'],
      },
      {
        that: 'loses the first byte of what it tells again',
        break: table => ({
          attach: (id, offsets, signal) =>
            table.attach(id, { ...offsets, stdout: offsets.stdout > 0 ? offsets.stdout + 1 : 0 }, signal),
        }),
        fails: ['Attach'],
        passes: ['success', 'Attach while it runs'],
      },
      {
        that: 'tells output when the program has ended',
        break: table => ({
          async *attach(id, offsets, signal) {
            yield* await Array.fromAsync(table.attach(id, offsets, signal));
          },
          status: id => {
            const status = table.status(id);
            return status.state === 'running' ? { ...status, stdout: '' } : status;
          },
        }),
        fails: ['Status while it runs', 'Attach while it runs'],
        passes: ['success', 'Attach'],
      },
    ];

    for (const { that, break: breakIt, fails, passes = [], token = TOKEN } of DEFECTS) {
      it(`that ${that}`, async () => {
        const { table } = bench;
        const handlers: RuntimeHandlers = { ...handlersOf(table), ...breakIt(table) };
        const anyToken = token === '';
        const { address } = await serveRuntime({
          ...{ address: '127.0.0.1:0', handlers, signal: stop.signal },
          token: () => TOKEN,
        });
        // a server that takes any token is one whose strangers know it
        const knowing = connectRuntime({ address, token: () => TOKEN, clock: systemClock });
        const stranger = anyToken ? { stranger: () => knowing } : {};
        const made = (names: readonly string[], more: Partial<SubjectOptions>) =>
          resultsOf(subjectAt(address, { workdir: bench.dir, ...stranger, ...more }), names);
        // what never comes is waited for no longer than need be
        const failed = await made(fails, { patienceMs: 1000, prefix: 'fails' });
        const passed = await made(passes, {});
        knowing.close();
        expect(failed.map(({ name, result }) => [name, result])).to.have.deep.members(
          fails.map(name => [name, 'failed']),
        );
        expect(told(passed)).to.deep.equal([]);
        expect(passed).to.have.length(passes.length);
      });
    }

    it('not for the absence of Attach, which is skipped', async () => {
      const { table } = bench;
      const { attach: _, ...handlers } = handlersOf(table);
      const options = { address: '127.0.0.1:0', handlers, token: () => TOKEN, signal: stop.signal };
      const { address } = await serveRuntime(options);
      const results = await resultsOf(subjectAt(address, { workdir: bench.dir }));
      expect(told(results)).to.deep.equal([
        'entrypoint skipped: no entrypoint was given',
        'Attach skipped: the server has no Attach: runtimed asks for Status instead',
        'Attach while it runs skipped: the server has no Attach: runtimed asks for Status instead',
        'restart skipped: no command that restarts the server was given',
      ]);
    });
  });
});

function has(table: ProcessTable, id: string): boolean {
  return table.list().some(entry => entry.id === id);
}

async function* mapped<T>(source: AsyncIterable<T>, change: (item: T) => T): AsyncGenerator<T> {
  for await (const item of source) yield change(item);
}
