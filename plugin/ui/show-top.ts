import { humanDuration } from '../../crds/v1alpha1/age.ts';
import type { Context } from '../context.ts';
import type { KrtError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { type LoadOptions, loadsData, loadsText } from '../printers/loads.ts';
import { fetchLoads, followLoads, type LoadDeps } from '../services/top/follow-loads.ts';
import { type Load, LoadBoard } from '../services/top/load-board.ts';
import { sanitise } from '../terminal/sanitise.ts';
import { dataText } from './data-text.ts';
import { openLiveView } from './live-view.ts';

/** What `krt top` shows, and how. */
export interface TopOptions {
  readonly windowMs: number;
  readonly format: 'json' | 'yaml' | undefined;
  readonly noHeaders: boolean;
}

/** Ages and rates move with time alone too; nothing is asked for. */
const REDRAW_MS = 500;
/** A watch that fails is tried again within 10 s: one that did not fail for longer is well. */
const TROUBLE_MS = 15_000;

/** Shows the loads as they are now. */
export async function showTop(context: Context, options: TopOptions, deps: LoadDeps): Promise<readonly Load[]> {
  const { stdout, stderr, clock } = context;
  const board = new LoadBoard(options.windowMs);
  await fetchLoads(board, deps);
  const loads = board.loads(clock.now());
  if (options.format) await stdout.write(await dataText(loadsData(loads, options.windowMs), options.format));
  else if (loads.length === 0) await stderr.write(`${nothingText(deps)}\n`);
  else await stdout.write(loadsText(loads, tableOptions(context, options, deps)));
  return loads;
}

/** Shows the loads on and on, on a screen of its own, until the user has seen enough. */
export async function showLiveTop(context: Context, options: TopOptions, deps: LoadDeps): Promise<readonly Load[]> {
  const { stdout, clock, signal } = context;
  const board = new LoadBoard(options.windowMs);
  const failed = new AbortController();
  const ready = Promise.withResolvers<void>();
  let trouble: { readonly at: number; readonly error: unknown } | undefined;
  const until = AbortSignal.any([signal, failed.signal]);
  const onTrouble = (error: unknown) => {
    trouble = { at: clock.now(), error };
  };
  const following = followLoads(board, { ...deps, signal: until }, { onReady: ready.resolve, onTrouble });
  following.catch(error => {
    failed.abort(error);
    ready.reject(error);
  });
  // what is wrong from the first is told on the user's own screen
  await ready.promise;
  const view = openLiveView(stdout);
  try {
    for (;;) {
      const now = clock.now();
      const lost = trouble && now - trouble.at < TROUBLE_MS ? trouble.error : undefined;
      const loads = board.loads(now);
      const table = loads.length === 0 ? nothingText(deps) : loadsText(loads, tableOptions(context, options, deps));
      view.draw(`${headText(now, options, deps)}\n${troubleText(lost)}\n${table}`);
      await clock.sleep(REDRAW_MS, until);
    }
  } catch (error) {
    // Ctrl-C is how one leaves
    if ((error as Partial<KrtError>).exitCode !== EXIT.interrupted) throw error;
    return board.loads(clock.now());
  } finally {
    view.close();
  }
}

function tableOptions({ stdout }: Context, { windowMs, noHeaders }: TopOptions, { namespace }: LoadDeps): LoadOptions {
  const { isTTY, columns, colour } = stdout;
  return { windowMs, noHeaders, withNamespace: namespace === undefined, colour, columns: isTTY ? columns : undefined };
}

function headText(now: number, { windowMs }: TopOptions, { namespace }: LoadDeps): string {
  const time = new Date(now).toTimeString().slice(0, 8);
  return `${time}  ${namespace ?? 'all namespaces'}  last ${humanDuration(windowMs)}  Ctrl-C ends`;
}

const troubleText = (error: unknown) =>
  error === undefined ? '' : `no connection, trying again: ${sanitise((error as Error).message)}`;

const nothingText = ({ namespace }: LoadDeps) =>
  namespace === undefined ? 'No Runtimes found' : `No Runtimes found in ${namespace} namespace.`;
