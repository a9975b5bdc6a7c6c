import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PodLogQuery } from '../../../../../agents/local/api/index.ts';
import type { LogLimits } from '../../../../../agents/local/node/logs/container-log.ts';
import { LogStore } from '../../../../../agents/local/node/logs/log-store.ts';
import { FakeClock } from '../../../../fakes/clock.ts';

/** A log store in a directory of its own, on a clock that stands still; `remove` it at the end. */
export function makeLogs(limits?: LogLimits) {
  const dir = mkdtempSync(join(tmpdir(), 'krt-logs-'));
  const clock = new FakeClock();
  const open = () =>
    new LogStore(
      uid => join(dir, uid),
      () => clock.now(),
      limits,
    );
  return { dir, clock, open, logs: open(), remove: () => rmSync(dir, { recursive: true }) };
}

/** A question for the log of container `main` of Pod `p`. */
export function question(more: Partial<PodLogQuery> = {}): PodLogQuery {
  return {
    ...{ namespace: 'default', pod: 'p', uid: 'u', container: 'main' },
    ...{ follow: false, previous: false, timestamps: false },
    ...{ sinceMs: undefined, tailLines: undefined, limitBytes: undefined },
    signal: new AbortController().signal,
    ...more,
  };
}

/** All that the store answers. */
export async function read(logs: LogStore, more: Partial<PodLogQuery> = {}): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of logs.read(question(more))) chunks.push(chunk);
  return Buffer.concat(chunks).toString('latin1');
}
