import type { Run } from '../../../crds/v1alpha1/run.ts';
import { refuseBadSpec } from '../run/bad-spec.ts';
import { draftRun } from '../run/draft-run.ts';
import { completeName } from '../run/run-name.ts';
import type { RunOptions } from '../run/run-options.ts';
import { argsFor } from './items.ts';
import { LABEL_MAP, type Mapped } from './map-runs.ts';

/** What drafting needs. */
export interface DraftMapDeps {
  readonly stdin: AsyncIterable<Uint8Array | string>;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** A draft for each of `items`, all of one program, and of one label; a usage error tells of the first bad one. */
export async function draftMap(
  items: readonly string[],
  options: RunOptions,
  { stdin, random }: DraftMapDeps,
): Promise<Mapped<Run>[]> {
  // the program is read once, and checked as if there were no items: one of them alone is no command
  const draft = await draftRun(options, stdin);
  const labels = { ...draft.metadata.labels, [LABEL_MAP]: completeName('', random) };
  return items.map(item => {
    const args = argsFor(item, options.args ?? []);
    const spec = { ...draft.spec, args };
    refuseBadSpec(spec, { ...options, args });
    return { item, run: { ...draft, metadata: { ...draft.metadata, labels }, spec } };
  });
}
