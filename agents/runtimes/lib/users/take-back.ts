import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { handOver } from './hand-over.ts';
import type { Users } from './users.ts';

/** Gives what executions of an earlier start had in `dir` to the owner of `dir`, whose files they were. */
export async function takeBack(users: Users, dir: string): Promise<void> {
  const owner = statSync(dir, { throwIfNoEntry: false });
  if (!owner) return;
  for (const name of readdirSync(dir)) {
    // what can't be walked stays, and is found by who removes it
    await handOver(join(dir, name), uid => users.owns(uid), owner).catch(() => undefined);
  }
}
