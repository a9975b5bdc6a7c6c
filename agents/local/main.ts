import { createWriteStream, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { parse } from 'yaml';
import { systemClock } from '../lib/clock.ts';
import { makeLog } from '../lib/log.ts';
import { shutdownSignal } from '../lib/shutdown.ts';
import { type CustomResourceDefinition, FileInUseError, openDatabase } from './api/index.ts';
import { clearHome, openHome } from './home.ts';
import { bundledImages } from './images.ts';
import { PodFiles } from './node/pod/pod-files.ts';
import { sweep } from './node/process/sweep.ts';
import { startLocal } from './start-local.ts';

/** Milliseconds that programs have when the daemon itself is asked to end. */
const GRACE_MS = 5_000;
/** Exit code where another daemon has the folder: EX_TEMPFAIL. */
const IN_USE = 75;

const log = makeLog('local', process.env['KRT_LOG_LEVEL'] || 'info');
const home = await openHome(process.env['KRT_HOME'] ?? '');
const verb = process.argv[2];
try {
  if (verb === undefined) await serve();
  else await cleanUp(verb === 'forget');
} catch (err) {
  log.fatal({ err }, 'the embedded default failed');
  const isInUse = err instanceof FileInUseError;
  await tellParent({ error: (err as Error).message, isInUse });
  process.exit(isInUse ? IN_USE : 1);
}

/** Runs the daemon; the file descriptor KRT_READY_FD gets one line of JSON once it is up: the DaemonInfo, or an error. */
async function serve(): Promise<void> {
  const shutdown = shutdownSignal(process);
  const local = await startLocal({
    home,
    crds: readCrds(join(import.meta.dirname, '../crds')),
    images: bundledImages(import.meta.dirname, process.execPath),
    version: process.env.KRT_VERSION ?? '0.0.0',
    pid: process.pid,
    searchPath: process.env['PATH'] || '/usr/local/bin:/usr/bin:/bin',
    clock: systemClock,
    log,
  });
  shutdown.addEventListener('abort', () => local.stop(GRACE_MS));
  if (shutdown.aborted) local.stop(GRACE_MS);
  await tellParent(local.info);
  await local.stopped;
  log.info('stopped');
  process.exit(0);
}

/** Ends what a daemon that was killed has left behind, and with `forget` deletes all that is stored. */
async function cleanUp(forget: boolean): Promise<void> {
  // held meanwhile, so that no daemon starts
  const database = openDatabase(home.database);
  try {
    const left = await sweep(await new PodFiles(home.pods).started(), systemClock);
    if (left > 0) throw new Error(`${left} processes of the embedded default would not end`);
    if (forget) await clearHome(home);
  } finally {
    database.close();
  }
}

function readCrds(dir: string): CustomResourceDefinition[] {
  return globSync('*.yaml', { cwd: dir }).map(file => parse(readFileSync(join(dir, file), 'utf8')));
}

async function tellParent(line: object): Promise<void> {
  const fd = Number(process.env['KRT_READY_FD']);
  delete process.env['KRT_READY_FD']; // told once: the number is another file's then
  if (!fd) return; // started by hand: nobody is there to be told
  const parent = createWriteStream('', { fd });
  parent.end(`${JSON.stringify(line)}\n`);
  await finished(parent).catch(() => undefined); // it did not wait
}
