import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { execa } from 'execa';
import type { Clock } from '../lib/clock.ts';
import { connectRuntime } from '../protocol/index.ts';
import type { Settings } from './settings.ts';
import { Subject } from './subject.ts';

/** Connects to the server that `settings` name; `close` removes what was made for it. Throws when none answers. */
export async function openSubject(
  settings: Settings,
  clock: Clock,
): Promise<{ subject: Subject; close(): Promise<void> }> {
  const { address, tokenFile, source, restart, patienceSeconds } = settings;
  // each time: a server that starts again may have another one
  const token = () => (tokenFile === undefined ? undefined : readFileSync(tokenFile, 'utf8').trim());
  const client = connectRuntime({ address, token, clock });
  try {
    await client.health();
  } catch (cause) {
    client.close();
    throw new Error(`no Runtime Server answers at ${address}: ${(cause as Error).message}`, { cause });
  }
  const made = settings.workdir === undefined ? await mkdtemp(join(tmpdir(), 'krt-conformance-')) : undefined;
  const workdir = resolve(settings.workdir ?? made!);
  const entrypoint = source && basename(source);
  if (source) await copyFile(source, join(workdir, basename(source)));
  const subject = new Subject({
    client,
    stranger: wrong => connectRuntime({ address, token: () => wrong, clock }),
    token: token(),
    workdir,
    clock,
    patienceMs: patienceSeconds * 1000,
    prefix: `conformance-${randomUUID().slice(0, 8)}`,
    entrypoint,
    restart:
      restart === undefined ? undefined : async () => void (await execa('sh', ['-c', restart], { stdio: 'ignore' })),
  });
  const close = async () => {
    client.close();
    if (made !== undefined) await rm(made, { recursive: true, force: true });
    else if (entrypoint) await rm(join(workdir, entrypoint), { force: true });
  };
  return { subject, close };
}
