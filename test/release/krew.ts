import { execFile } from 'node:child_process';
import { mkdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const VERSION = 'v0.4.3';
const CACHE = join(homedir(), '.cache/krt-test', `krew-${VERSION}`);

/** A program of the project krew, `krew` or `validate-krew-manifest`; it is built with Go at its first use. */
export async function krewProgram(name: 'krew' | 'validate-krew-manifest'): Promise<string> {
  const program = join(CACHE, name);
  if (await stat(program).catch(() => undefined)) return program; // not there: made below
  await mkdir(CACHE, { recursive: true });
  const env = { ...process.env, GOBIN: CACHE };
  await promisify(execFile)('go', ['install', `sigs.k8s.io/krew/cmd/${name}@${VERSION}`], { env });
  return program;
}
