import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const VERSION = 'v1.8.0';
const CACHE = join(homedir(), '.cache/krt-test', `versitygw-${VERSION}`);
/** Of the server in tests. */
export const KEYS = { AWS_ACCESS_KEY_ID: 'krt-test', AWS_SECRET_ACCESS_KEY: 'krt-test-secret' };

/** An S3 server of this machine. */
export interface S3Server {
  readonly endpoint: string;
  /** Where it keeps buckets, as directories. */
  readonly dir: string;
  /** Ends it, and starts it again at the same place. */
  pause(): void;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts versitygw on a new directory with one bucket; it is built with Go at its first use. */
export async function startS3(bucket: string): Promise<S3Server> {
  const program = await build();
  const dir = await mkdtemp(join(tmpdir(), 'krt-s3-'));
  await mkdir(join(dir, bucket));
  const port = await freePort();
  const { AWS_ACCESS_KEY_ID: access, AWS_SECRET_ACCESS_KEY: secret } = KEYS;
  // as S3 itself, it keeps connections
  const flags = ['--port', `127.0.0.1:${port}`, '--quiet', '--keep-alive'];
  const args = ['--access', access, '--secret', secret, ...flags, 'posix', dir];
  const endpoint = `http://127.0.0.1:${port}`;
  let child: ChildProcess;
  const resume = async () => {
    child = spawn(program, args, { stdio: 'ignore' });
    await untilUp(endpoint, child);
  };
  await resume();
  return {
    endpoint,
    dir,
    resume,
    pause: () => void child.kill('SIGKILL'),
    async stop() {
      child.kill('SIGKILL');
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function build(): Promise<string> {
  const program = join(CACHE, 'versitygw');
  if (await stat(program).catch(() => undefined)) return program; // not there: made below
  await mkdir(CACHE, { recursive: true });
  const env = { ...process.env, GOBIN: CACHE };
  await promisify(execFile)('go', ['install', `github.com/versity/versitygw/cmd/versitygw@${VERSION}`], { env });
  return program;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function untilUp(endpoint: string, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`versitygw ended with ${child.exitCode}`);
    const answer = await fetch(endpoint).catch(() => undefined); // not up yet
    if (answer) return;
    await delay(50);
  }
}
