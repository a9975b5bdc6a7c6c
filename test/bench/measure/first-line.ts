import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../agents/lib/clock.ts';
import { connectRuntime, type RuntimeClient } from '../../../agents/protocol/index.ts';
import { freePort, launch } from '../../agents/runtimes/server-process.ts';
import { median } from '../statistics.ts';
import { inTurn } from './in-turn.ts';

const PROGRAMS = { bash: 'echo 1\n', python: 'print(1)\n', node: 'console.log(1)\n' };

/** Median of the milliseconds from Execute to the first output, by Runtime; those without an interpreter here are left out. */
export type FirstLineFigures = Partial<Record<keyof typeof PROGRAMS, number>>;

/** 100 programs of one line on each built-in Runtime Server, one after another. */
export async function measureFirstLine(): Promise<FirstLineFigures> {
  const figures: FirstLineFigures = {};
  for (const name of Object.keys(PROGRAMS) as (keyof typeof PROGRAMS)[]) {
    const ms = await onServer(name);
    if (ms !== undefined) figures[name] = ms;
  }
  return figures;
}

async function onServer(name: keyof typeof PROGRAMS): Promise<number | undefined> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'krt-bench-')));
  for (const part of ['auth', 'work', 'spool']) mkdirSync(join(dir, part));
  writeFileSync(join(dir, 'auth/token'), 'token');
  writeFileSync(join(dir, 'work/script'), PROGRAMS[name]);
  const port = await freePort();
  const env = {
    KRT_RUNTIME_PORT: String(port),
    KRT_AUTH_DIR: join(dir, 'auth'),
    KRT_SPOOL_DIR: join(dir, 'spool'),
    KRT_LOG_LEVEL: 'fatal',
  };
  const server = launch(env, name);
  const client = connectRuntime({ address: `127.0.0.1:${port}`, token: () => 'token', clock: systemClock });
  try {
    if (!(await isReady(client, server))) return undefined;
    const act = (round: number) => firstOutput(client, `${name}.${round}`, join(dir, 'work'));
    return median((await inTurn({ act }, { rounds: 100, warmUp: 20 })).act);
  } finally {
    client.close();
    server.kill('SIGTERM');
    await server;
    rmSync(dir, { recursive: true });
  }
}

/** Whether it becomes ready; one that has no interpreter ends. */
async function isReady(client: RuntimeClient, server: Promise<unknown>): Promise<boolean> {
  let ended = false;
  void server.then(() => {
    ended = true;
  });
  while (!ended) {
    if ((await client.health().catch(() => undefined))?.healthy) return true;
    await systemClock.sleep(20);
  }
  return false;
}

async function firstOutput(client: RuntimeClient, id: string, workingDir: string): Promise<number> {
  const start = performance.now();
  const request = { id, args: [], env: { HOME: workingDir }, workingDir, entrypoint: 'script', handler: '' };
  await client.execute({ ...request, timeoutSeconds: 0 });
  let first: number | undefined;
  for await (const event of client.attach(id, { stdout: 0, stderr: 0 }, new AbortController().signal)) {
    if (event.type === 'chunk') first ??= performance.now() - start;
    if (event.type === 'final' && event.status.state !== 'succeeded') throw new Error(event.status.errorMessage);
  }
  await client.forget(id);
  // programs come when others have ended, and seldom at once
  await systemClock.sleep(20);
  if (first === undefined) throw new Error(`${id} has printed nothing`);
  return first;
}
