import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { isAlreadyExists } from '../../../crds/client/api-error.ts';
import type { Clients } from '../../../crds/client/index.ts';
import { reflect } from '../../../crds/client/reflector.ts';
import { findCondition } from '../../../crds/v1alpha1/conditions.ts';
import { CONDITIONS } from '../../../crds/v1alpha1/names.ts';
import type { Runtime } from '../../../crds/v1alpha1/runtime.ts';
import type { Clock } from '../../clock.ts';
import { internalError, usageError } from '../../errors.ts';
import { suggest } from '../../suggest.ts';

/** Reads the manifests of built-in Runtimes in `folder`; throws a usage error for a name that is none of them. */
export async function readRuntimes(folder: string, names: readonly string[]): Promise<Runtime[]> {
  const known = globSync('*.yaml', { cwd: folder }).map(file => basename(file, '.yaml'));
  const unknown = names.find(name => !known.includes(name));
  if (unknown !== undefined) {
    const near = suggest(unknown, known);
    const hint = near ? `did you mean ${near}?` : `built in: ${known.sort().join(', ')}`;
    throw usageError(`--runtime: there is no built-in Runtime "${unknown}"`, hint);
  }
  return Promise.all(names.map(async name => parse(await readFile(join(folder, `${name}.yaml`), 'utf8')) as Runtime));
}

export interface EnsureOptions {
  readonly runtimes: Clients['runtimes'];
  readonly namespace: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Creates the Runtime unless one of its name is there, and resolves once Runs can start on it. */
export async function ensureRuntime(
  runtime: Runtime,
  { runtimes, namespace, clock, signal }: EnsureOptions,
): Promise<void> {
  const { name = '' } = runtime.metadata;
  try {
    await runtimes.create({ ...runtime, metadata: { ...runtime.metadata, namespace } }, { signal });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error; // it is there: the user's, or from an earlier start
  }
  const fieldSelector = `metadata.name=${name}`;
  for await (const event of reflect({ client: runtimes, clock, signal, namespace, fieldSelector })) {
    if (event.type === 'deleted') throw internalError(`Runtime "${name}" was deleted meanwhile`);
    const found = event.type === 'replaced' ? event.objects[0] : event.object;
    const isAvailable = findCondition(found?.status?.conditions, CONDITIONS.available)?.status === 'True';
    if (isAvailable || found?.spec.replicas === 0) return;
    const degraded = findCondition(found?.status?.conditions, CONDITIONS.degraded);
    if (degraded?.status === 'True') throw internalError(`Runtime "${name}": ${degraded.message}`);
  }
  throw signal.reason;
}
