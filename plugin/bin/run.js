#!/usr/bin/env node
// Starts krt: on this Node if it is new enough, else on the one that npm installed beside. Plain JavaScript, parsed by any Node.
import { createRequire } from 'node:module';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major > 22 || (major === 22 && minor >= 13)) await start();
else await startOnOwnNode();

async function start() {
  const { enableCompileCache } = await import('node:module');
  const { homedir } = await import('node:os');
  const { join } = await import('node:path');
  enableCompileCache(join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'krt', 'compile'));
  const { main } = await import('../../dist/plugin/main.js').catch(error => {
    // a checkout, not a package: what is missing inside of dist would be a bug
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || !error.message.includes('dist/plugin/main.js')) throw error;
    process.stderr.write('error: krt is not built in this checkout\nbuild it: npm run build\n');
    process.exit(70);
  });
  await main();
}

async function startOnOwnNode() {
  const { spawn } = await import('node:child_process');
  let node;
  try {
    node = createRequire(import.meta.url).resolve('node/bin/node');
  } catch {
    process.stderr.write(`error: krt needs Node 22.13 or newer; this is ${process.version}\n`);
    process.exit(69);
  }
  // the terminal signals both processes; others signal only this one, which passes them on
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGQUIT']) process.on(signal, () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', error => {
    process.stderr.write(`error: cannot start ${node}: ${error.message}\n`);
    process.exit(69);
  });
  child.on('exit', (code, signal) => {
    if (code !== null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
