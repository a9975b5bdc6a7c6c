import type { ResourceClient } from '../../../crds/client/resource-client.ts';
import { type ArtifactRef, isTerminal, phaseOf, type Run } from '../../../crds/v1alpha1/run.ts';
import { internalError, usageError } from '../../errors.ts';
import { parseNames } from '../../targets.ts';
import { isSafeName } from './safe-name.ts';

/** Where to look for a Run. */
export interface FindArtifactsDeps {
  readonly runs: ResourceClient<Run>;
  readonly namespace: string;
  readonly signal: AbortSignal;
}

/** The Run that `word` names, such as `hello` or `run/hello`. */
export async function findRun(word: string, { runs, namespace, signal }: FindArtifactsDeps): Promise<Run> {
  return runs.get(parseNames([word], 'run')[0]!, namespace, { signal });
}

/** The artifacts of `run` with these names, all where there are none. Throws a usage error where one is missing. */
export function selectArtifacts(run: Run, names: readonly string[]): readonly ArtifactRef[] {
  const refs = run.status?.artifactRefs ?? [];
  const { name } = run.metadata;
  const missing = names.find(wanted => !refs.some(ref => ref.name === wanted));
  if (missing !== undefined) {
    const all = refs.map(ref => ref.name).join(', ');
    throw usageError(`Run ${name} has no artifact "${missing}"`, all ? `it has ${all}` : nothingText(run), 'NotFound');
  }
  const chosen = names.length === 0 ? refs : refs.filter(ref => names.includes(ref.name));
  const unsafe = chosen.find(ref => !isSafeName(ref.name));
  if (unsafe)
    throw internalError(`Run ${name} tells of an artifact ${JSON.stringify(unsafe.name)}, which is no file name`);
  return chosen;
}

/** Why a Run has no artifacts. */
export function nothingText(run: Run): string {
  const { name } = run.metadata;
  if (!isTerminal(run)) return `Run ${name} is ${phaseOf(run)}: artifacts are there when it has ended`;
  return `Run ${name} has no artifacts`;
}
