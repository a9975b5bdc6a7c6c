import { API_VERSION } from '../../../crds/v1alpha1/names.ts';
import type { Run, RunSpec } from '../../../crds/v1alpha1/run.ts';
import { usageError } from '../../errors.ts';
import { isObjectName } from '../../parsers.ts';
import { refuseBadSpec } from './bad-spec.ts';
import { generateNameFor } from './run-name.ts';

/** What a Run is called; without a name it gets one that begins with `generateName` or is made up. */
export interface Naming {
  readonly name?: string | undefined;
  readonly generateName?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** The Run of `spec`, with all that can be known without a server checked; a usage error names the field. */
export function draftSpec(spec: RunSpec, naming: Naming): Run {
  refuseBadSpec(spec);
  const { runtime, args, source } = spec;
  const { name, generateName = generateNameFor({ args, hasSource: source !== undefined, runtime }), labels } = naming;
  if (!isObjectName(name ?? `${generateName}x`)) {
    throw usageError(`"${name ?? generateName}" is not a name of Kubernetes`, 'lower case letters, digits, - and .');
  }
  const metadata = { ...(name === undefined ? { generateName } : { name }), ...(labels && { labels: { ...labels } }) };
  return { apiVersion: API_VERSION, kind: 'Run', metadata, spec };
}
