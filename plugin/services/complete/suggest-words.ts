import type { Clock } from '../../clock.ts';
import { cobraText } from './cobra.ts';
import { type Candidate, type Completion, complete } from './complete.ts';
import { type LiveDeps, liveNames } from './live-names.ts';
import type { CliSpec } from './read-words.ts';

/** How long a shell may wait for the cluster: a person who presses Tab would rather type. */
const PATIENCE_MS = 1500;

/** The text of candidates for the last of `typed`; names that can't be had in time are left out. */
export async function suggestWords(
  typed: readonly string[],
  cli: CliSpec,
  deps: LiveDeps & { readonly clock: Clock },
): Promise<string> {
  const completion = complete(typed, cli);
  const words = [...completion.words, ...(await lookUp(completion, deps))];
  return cobraText(typed.at(-1) ?? '', words, completion.files ?? false);
}

async function lookUp(
  { live, taken = [] }: Completion,
  { clock, ...deps }: LiveDeps & { readonly clock: Clock },
): Promise<Candidate[]> {
  if (!live) return [];
  const stop = new AbortController();
  const signal = AbortSignal.any([deps.signal, stop.signal]);
  try {
    const found = liveNames(live.source, { ...deps, signal });
    const late = clock.sleep(PATIENCE_MS, signal).then(() => [] as string[]);
    const names = await Promise.race([found, late]);
    return names.map(name => ({ word: live.prefix + name })).filter(({ word }) => !taken.includes(word));
  } catch {
    // no kubeconfig, no cluster, no permission: an error in the midst of a line being typed would help nobody
    return [];
  } finally {
    stop.abort();
  }
}
