import { listAll, type ResourceClient } from '../../crds/client/resource-client.ts';
import { ACTIVE_RUNS_SELECTOR, type Run } from '../../crds/v1alpha1/run.ts';
import { usageError } from '../errors.ts';
import { parseTargets } from '../targets.ts';

/** Which Runs a command is about: those with the names, or those that the selector selects. */
export type WantedRuns =
  | { readonly names: readonly string[]; readonly selector: undefined }
  | { readonly names: undefined; readonly selector: string };

/** Where to look for them. */
export interface FindDeps {
  readonly runs: ResourceClient<Run>;
  readonly namespace: string;
  readonly signal: AbortSignal;
}

/** Reads words such as `hello`, `run/hello` and `run hello`; throws a usage error where they name no Run. */
export function parseWantedRuns(words: readonly string[], selector: string | undefined): WantedRuns {
  const { kind, names } = parseTargets(words);
  if (kind !== 'run') throw usageError('this is about Runs only', 'name a Run');
  if (names.length > 0 && selector !== undefined) throw usageError('names and --selector do not go together');
  if (selector !== undefined) return { names: undefined, selector };
  if (names.length === 0) throw usageError('no Run is named', 'name one, or select some with -l');
  return { names: [...new Set(names)], selector };
}

/** The Runs that are named or selected; throws where one, or any at all, is not there. */
export async function findRuns({ names, selector }: WantedRuns, { runs, namespace, signal }: FindDeps): Promise<Run[]> {
  if (names) return Promise.all(names.map(name => runs.get(name, namespace, { signal })));
  const { items } = await listAll(runs, namespace, { labelSelector: selector, signal });
  if (items.length > 0) return items;
  throw usageError(`no Run in namespace ${namespace} is selected by "${selector}"`, undefined, 'NotFound');
}

/** The names of the Runs to act on: those that are named, or of the selected ones those that have not ended. */
export async function activeRunNames(
  { names, selector }: WantedRuns,
  { runs, namespace, signal }: FindDeps,
): Promise<readonly string[]> {
  if (names) return names;
  const selection = { labelSelector: selector, fieldSelector: ACTIVE_RUNS_SELECTOR, signal };
  return (await listAll(runs, namespace, selection)).items.map(run => run.metadata.name!);
}
