// npm run demo: the embedded default, a Runtime and some Runs, each command shown before it runs; then all is taken away.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';

const root = join(import.meta.dirname, '..');
const KRT = join(root, 'plugin/bin/run.js');

interface Step {
  readonly why: string;
  /** Words behind `krt`. */
  readonly words: readonly string[];
  /** What the command has to exit with. */
  readonly exits?: number;
}

const STEPS: readonly Step[] = [
  {
    why: 'Start krt on this machine, with the Runtime of install/runtimes/bash.yaml: two warm Pods, four Runs each at a time.',
    words: ['local', 'up', '--runtime', 'bash'],
  },
  {
    why: 'Run a script. What it prints appears as it prints it.',
    words: ['run', '-r', 'bash', '-f', 'install/samples/primes.sh', '--name', 'primes', '--', '40000'],
  },
  { why: 'It has left outputs.', words: ['get', 'primes', '-o', 'jsonpath={.status.outputs}{"\\n"}'] },
  {
    why: "A program's exit code is the command's own.",
    words: ['run', '-r', 'bash', '-c', 'echo "nothing to do" >&2; exit 3'],
    exits: 3,
  },
  { why: 'Every Run is an object, and stays until it is deleted.', words: ['list'] },
];

const DOWN: Step = { why: 'Take it all down.', words: ['local', 'down'] };

const NEXT = `
What next, in this folder:
  npx krt local up --runtime bash         start it for yourself; it stays up until: npx krt local down
  export KUBECONFIG=~/.krt/kubeconfig     for krt and kubectl, where you have other clusters too
  npx krt run -r bash -c 'echo hello'     run something
  npx krt --help                          see what else there is
README.md says how to have krt as a plugin of kubectl, and how to install it on a cluster.
`;

/** Shows the demo and takes away what it has made, also where it fails or is interrupted. */
async function demo(): Promise<void> {
  const interrupted = interruption();
  const home = await mkdtemp(join(tmpdir(), 'krt-demo-'));
  // a home and a kubeconfig of its own: nothing of yours is read or written
  const env = { ...process.env, KRT_HOME: home, KUBECONFIG: join(home, 'kubeconfig') };
  try {
    for (const step of STEPS) {
      if (interrupted.aborted) break;
      await show(step, env, interrupted);
    }
  } finally {
    await show(DOWN, env).finally(() => rm(home, { recursive: true, force: true }));
  }
  if (interrupted.aborted) process.exitCode = 130;
  else process.stdout.write(NEXT);
}

/** Runs one command as a person would, on the terminal of this one. */
async function show({ why, words, exits = 0 }: Step, env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<void> {
  process.stdout.write(
    `\n${styleText('dim', `# ${why}`)}\n${styleText('bold', `$ krt ${words.map(quote).join(' ')}`)}\n`,
  );
  const start = performance.now();
  const child = spawn(process.execPath, [KRT, ...words], { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });
  signal?.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  const [code] = (await once(child, 'exit')) as [number | null];
  const seconds = ((performance.now() - start) / 1000).toFixed(2);
  if (signal?.aborted) return;
  process.stdout.write(styleText('dim', `# exit code ${code}, after ${seconds} s\n`));
  if (code !== exits) throw new Error(`krt ${words.join(' ')} ended with ${code} instead of ${exits}`);
}

/** Aborts when the demo is to end early. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => controller.abort());
  return controller.signal;
}

/** A word as one types it into a shell. */
function quote(word: string): string {
  return /^[\w./=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

await demo();
