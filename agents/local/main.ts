import { createWriteStream, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { systemClock } from '../lib/clock.ts';
import { makeLog } from '../lib/log.ts';
import { shutdownSignal } from '../lib/shutdown.ts';
import type { CustomResourceDefinition } from './api/index.ts';
import { openHome } from './home.ts';
import { bundledImages } from './images.ts';
import { PodFiles } from './node/pod/pod-files.ts';
import { sweep } from './node/process/sweep.ts';
import { startLocal } from './start-local.ts';

/** Milliseconds that programs have when the daemon itself is asked to end. */
const GRACE_MS = 5_000;

const log = makeLog('local', process.env['KRT_LOG_LEVEL'] || 'info');
const home = await openHome(process.env['KRT_HOME'] ?? '');
if (process.argv[2] === 'sweep') await sweepLeftovers();
else await serve();

/** Ends what a daemon that was killed has left behind. */
async function sweepLeftovers(): Promise<void> {
  const left = await sweep(await new PodFiles(home.pods).started(), systemClock);
  process.exitCode = left === 0 ? 0 : 1;
}

/** Runs the daemon; the file descriptor KRT_READY_FD gets one line of JSON once it is up: the DaemonInfo, or an error. */
async function serve(): Promise<void> {
  const stop = Promise.withResolvers<number>();
  shutdownSignal(process).addEventListener('abort', () => stop.resolve(GRACE_MS));
  try {
    const local = await startLocal({
      home,
      crds: readCrds(join(import.meta.dirname, '../crds')),
      images: bundledImages(import.meta.dirname, process.execPath),
      version: process.env.KRT_VERSION ?? '0.0.0',
      pid: process.pid,
      searchPath: process.env['PATH'] || '/usr/local/bin:/usr/bin:/bin',
      clock: systemClock,
      log,
      onStop: stop.resolve,
    });
    tellParent(local.info);
    await local.stop(await stop.promise);
    process.exit(0);
  } catch (err) {
    log.fatal({ err }, 'the embedded default failed');
    tellParent({ error: (err as Error).message });
    process.exitCode = 1;
  }
}

function readCrds(dir: string): CustomResourceDefinition[] {
  return globSync('*.yaml', { cwd: dir }).map(file => parse(readFileSync(join(dir, file), 'utf8')));
}

function tellParent(line: object): void {
  const fd = Number(process.env['KRT_READY_FD']);
  if (!fd) return; // started by hand: nobody is there to be told
  const parent = createWriteStream('', { fd });
  parent.on('error', () => undefined); // it did not wait
  parent.end(`${JSON.stringify(line)}\n`);
}
