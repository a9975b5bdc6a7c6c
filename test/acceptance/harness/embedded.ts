import { mkdtempSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finished, run } from './cli.ts';
import { processesWith } from './processes.ts';
import { KRT_BIN } from './settings.ts';

/** An embedded default of its own, in a temporary home. */
export interface Embedded {
  readonly home: string;
  readonly kubeconfig: string;
  /** The environment in which `krt` finds it. */
  readonly env: NodeJS.ProcessEnv;
  local(verb: 'up' | 'down' | 'status', ...args: string[]): Promise<Finished>;
  /** Takes it down, removes its home, and throws where a process of it is left. */
  end(): Promise<void>;
}

/** Environment of every process of the suite: nothing of the developer's own but the PATH. */
export function cleanEnv(home: string): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: home, XDG_CACHE_HOME: CACHE, LANG: 'C.UTF-8', COLUMNS: '80' };
}

/** What is compiled for one home is good for all. */
const CACHE = mkdtempSync(join(tmpdir(), 'krt-cache-'));
process.once('exit', () => rmSync(CACHE, { recursive: true, force: true }));

/** A temporary home with an embedded default that is not up yet. */
export async function makeEmbedded(): Promise<Embedded> {
  const home = await mkdtemp(join(tmpdir(), 'krt-acceptance-'));
  const env = cleanEnv(home);
  const local: Embedded['local'] = (verb, ...args) => run(process.execPath, [KRT_BIN, 'local', verb, ...args], { env });
  return {
    home,
    env,
    kubeconfig: join(home, '.krt/kubeconfig'),
    local,
    async end() {
      const down = await local('down');
      const left = processesWith(home);
      await rm(home, { recursive: true, force: true });
      if (down.code !== 0) throw new Error(`krt local down ended with ${down.code}:\n${down.stderr}`);
      if (left.length > 0) throw new Error(`krt local down left processes:\n${left.join('\n')}`);
    },
  };
}

/** An embedded default that is up. */
export async function startEmbedded(): Promise<Embedded> {
  const embedded = await makeEmbedded();
  const up = await embedded.local('up');
  if (up.code === 0) return embedded;
  await embedded.end().catch(() => undefined); // the failure to start is the one to tell
  throw new Error(`krt local up ended with ${up.code}:\n${up.stdout}${up.stderr}`);
}
