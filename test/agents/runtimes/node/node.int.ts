import { fileURLToPath } from 'node:url';
import { nodeProgram } from '../../../../agents/runtimes/node/node-program.ts';
import { itIsUsedOnce, itRunsAsByHand, type Sample } from '../like-by-hand.ts';

const starter = fileURLToPath(new URL('../../../../agents/runtimes/node/start-node.cjs', import.meta.url));
/** Lines of a stack trace within Node itself, which are many ways to the same program. */
const WITHIN_NODE = /^ {4}at .*\(?node:internal/;

const SAMPLES: Readonly<Record<string, Sample>> = {
  'a line': { text: 'console.log(1)\n' },
  'args, names and paths': {
    text: `console.log(process.argv, __filename, __dirname, require.main === module, module.id, module.parent, process.cwd(),
  process.execArgv, process.execPath, process.mainModule === module, Object.keys(require.cache))`,
    args: ['a b', '', '-x', 'ä€', "'"],
  },
  'the environment, and nothing else': {
    text: `console.log(Object.entries(process.env).sort().join('\\n'));
const list = "console.log(Object.entries(process.env).sort().join('\\\\n'))";
console.log(require('node:child_process').execFileSync(process.execPath, ['-e', list], { encoding: 'utf8' }))`,
    env: { A: 'b\nc', EMPTY: '', UID: '5', B_1: 'ä', HOME: '/home' },
  },
  'the time zone': { text: 'console.log(new Date(0).getHours())', env: { TZ: 'Asia/Tokyo' } },
  'modules beside it': { text: "console.log(require('./helper').x)", files: { 'helper.js': 'exports.x = __filename' } },
  'an ES module by its extension': {
    text: "import { x } from './helper.mjs';\nconsole.log(x, import.meta.url, import.meta.filename, await 1, typeof require)",
    files: { 'helper.mjs': 'export const x = 5' },
    name: 'main.mjs',
  },
  'an ES module by package.json': {
    text: "import fs from 'node:fs';\nconsole.log(typeof fs.read, import.meta.dirname)",
    files: { 'package.json': '{"type":"module"}' },
    name: 'main.js',
  },
  'an ES module by its syntax': { text: 'export const a = await Promise.resolve(7);\nconsole.log(a)' },
  'a CommonJS module by its extension': { text: 'console.log(typeof require, this === exports)', name: 'a/main.cjs' },
  TypeScript: { text: 'const a: number = 5;\nconsole.log(a)', name: 'main.ts', ignore: /Warning|trace-warnings/ },
  'an uncaught exception': {
    text: 'function f() {\n  throw new TypeError("no")\n}\nconsole.log("first")\nf()\n',
    ignore: WITHIN_NODE,
  },
  'a rejection that nobody handles': { text: 'Promise.reject(new Error("no"))', ignore: WITHIN_NODE },
  'a syntax error': { text: 'console.log(1)\nif {\n', ignore: WITHIN_NODE },
  'exit with a code': { text: 'process.on("exit", c => console.log("bye", c)); process.exit(3)' },
  'an exit code that is set': { text: 'process.exitCode = 4' },
  'a signal': { text: 'process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 60000)' },
  'both streams and no input': {
    text: 'console.error("e"); process.stdin.on("end", () => console.log("end")).resume()',
  },
  'the order of what waits': {
    text: `setTimeout(() => console.log("timeout"), 5); Promise.resolve().then(() => console.log("promise"));
process.nextTick(() => console.log("tick")); queueMicrotask(() => console.log("microtask")); console.log("main")`,
  },
  'workers and children': {
    text: `const { Worker } = require('node:worker_threads');
new Worker('console.log("worker", process.argv.length)', { eval: true }).on('exit', () => {
  console.log(require('node:child_process').execFileSync(process.execPath, ['-p', 'process.env.A'], { encoding: 'utf8' }))
})`,
    env: { A: 'b' },
  },
  'an environment for the interpreter': {
    text: 'console.log(process.execArgv, process.title)',
    env: { NODE_OPTIONS: '--title=x' },
    anew: true,
  },
};

describe('the node Runtime', function () {
  this.timeout(60_000);
  const program = nodeProgram({ file: process.execPath, starter });
  itRunsAsByHand(() => program, SAMPLES);
  itIsUsedOnce(() => program, {
    leave: 'globalThis.left = process.env.LEFT = "1"; Array.prototype.left = 1; console.log("clean")',
    look: 'console.log("left" in globalThis || process.env.LEFT || [].left ? "left" : "clean")',
    slow: `console.log("first"); const t = setInterval(() => {
  if (require('node:fs').existsSync('go')) { console.log("second"); clearInterval(t) } }, 10)`,
    coldName: 'NODE_NO_WARNINGS',
  });
});
