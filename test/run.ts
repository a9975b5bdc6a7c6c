// `npm test`: three suites side by side, as much of each is waiting: what is tried by the API and the CLI alone, what is
// tried in real processes, and all else. What two of them print is held back until the one before is over, so that each
// reads as a whole.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { PassThrough, type Readable } from 'node:stream';

const MOCHA = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');
const ACCEPTANCE = 'test/acceptance/**/*.int.ts';

const parts = mocha(['test/**/*.test.ts']);
const processes = mocha(['--ignore', ACCEPTANCE, 'test/**/*.int.ts']);
const acceptance = mocha([ACCEPTANCE]);
const codes: number[] = [];
for (const { title, output, code } of [
  { title: 'parts', ...parts },
  { title: 'processes', ...processes },
  { title: 'acceptance', ...acceptance },
]) {
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
