import { API_VERSION } from '../../../crds/v1alpha1/names.ts';
import type { Run } from '../../../crds/v1alpha1/run.ts';
import { baseOfName } from './run-name.ts';

/** A draft of the same program as that of `run`, under a name of its own; what was asked of the old one alone is left out. */
export function redraftRun({ metadata, spec }: Run, name?: string): Run {
  const { cancelRequested: _, ...same } = spec;
  const { labels } = metadata;
  return {
    apiVersion: API_VERSION,
    kind: 'Run',
    metadata: {
      ...(name === undefined ? { generateName: baseOfName(metadata.name ?? '') } : { name }),
      ...(labels && { labels }),
    },
    spec: same,
  };
}
