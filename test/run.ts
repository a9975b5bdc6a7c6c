// `npm test`: five suites side by side, as much of each is waiting. What all but the first of them print is held back
// until those before are over, so that each reads as a whole.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { PassThrough, type Readable } from 'node:stream';

const MOCHA = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');

const PROCESSES = 'test/agents/**/*.int.ts';
const ACCEPTANCE = 'test/acceptance/**/*.int.ts';
const LIFECYCLE = 'test/acceptance/{api,lifecycle}/**/*.int.ts';

const SUITES = [
  { title: 'parts', args: ['test/**/*.test.ts'] },
  { title: 'agents, as processes', args: [PROCESSES] },
  {
    title: 'krt, its docs and its packages',
    args: ['--ignore', PROCESSES, '--ignore', ACCEPTANCE, 'test/**/*.int.ts'],
  },
  { title: 'acceptance: the API and the life of a Run', args: [LIFECYCLE] },
  { title: 'acceptance: the CLI, kubectl and krt local', args: ['--ignore', LIFECYCLE, ACCEPTANCE] },
];

const codes: number[] = [];
for (const { title, output, code } of SUITES.map(({ title, args }) => ({ title, ...mocha(args) }))) {
  process.stdout.write(`\n── ${title}\n`);
  for await (const chunk of output) process.stdout.write(chunk);
  codes.push(await code);
}
process.exitCode = Math.max(...codes) > 0 ? 1 : 0;

function mocha(args: readonly string[]): { output: Readable; code: Promise<number> } {
  const child = spawn(process.execPath, [MOCHA, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  // a signal counts as a failure like any other
  const code = new Promise<number>(resolve => child.once('close', code => resolve(code ?? 1)));
  // room for all of it: a pipe that nobody reads would stop the suite behind it
  return { output: child.stdout.pipe(new PassThrough({ highWaterMark: 64 * 1024 * 1024 })), code };
}
