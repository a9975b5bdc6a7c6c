import { ApiError, isAlreadyExists, isTransient } from '../../crds/client/api-error.ts';
import type { ResourceClient } from '../../crds/client/resource-client.ts';
import type { Pod } from '../../crds/client/resources.ts';
import type { Run } from '../../crds/v1alpha1/run.ts';
import type { ArtifactStore, Runtime } from '../../crds/v1alpha1/runtime.ts';
import type { Informer } from '../lib/informer.ts';
import { desiredCleaner } from './desired-cleaner.ts';
import { hashOf } from './drift.ts';
import type { SidecarOptions } from './sidecar.ts';

export interface CleanersDeps {
  pods: {
    readonly client: ResourceClient<Pod>;
    /** Index `cleans`: UID of a Run. */
    readonly cache: Pick<Informer<Pod>, 'by' | 'put'>;
  };
  /** Index `leaving`: see `leavingKey`. */
  runs: Pick<Informer<Run>, 'by'>;
  runtimes: Pick<Informer<Runtime>, 'get'>;
  sidecar: SidecarOptions;
}

/** How far the cleaner of a Run is; `refused`: the API server will not have one, in its words. */
export type Cleaning = 'under way' | 'done' | 'failed' | { readonly refused: string };

/** Runs that one cleaner is for, at most. */
const MOST_RUNS = 100;

/** Leaving Runs of one namespace with one store have the same; undefined where the store is not known. */
export function leavingKey({ metadata }: Run, store: ArtifactStore | undefined): string | undefined {
  return store && `${metadata.namespace}/${hashOf(store)}`;
}

/** The cleaner of `run`, with its answer; one for all that leave the same store is made where there is none. */
export async function clean(
  run: Run,
  store: ArtifactStore,
  { pods, runs, runtimes, sidecar }: CleanersDeps,
  signal: AbortSignal,
): Promise<Cleaning> {
  const { uid = '', namespace = '' } = run.metadata;
  const [known] = pods.cache.by('cleans', uid);
  if (known) return answerOf(known);
  const waiting = [...runs.by('leaving', leavingKey(run, store) ?? '')].filter(
    other => other.metadata.uid !== uid && [...pods.cache.by('cleans', other.metadata.uid ?? '')].length === 0,
  );
  const batch = [run, ...waiting].slice(0, MOST_RUNS);
  const desired = desiredCleaner(batch, store, runtimes.get(run.spec.runtime, namespace), sidecar);
  try {
    pods.cache.put(await pods.client.create(desired, { signal }));
  } catch (error) {
    // another Run of the batch has asked for it
    if (isAlreadyExists(error)) return 'under way';
    if (error instanceof ApiError && !isTransient(error)) return { refused: error.message };
    throw error;
  }
  return 'under way';
}

function answerOf({ status }: Pod): Cleaning {
  if (status?.phase === 'Succeeded') return 'done';
  return status?.phase === 'Failed' ? 'failed' : 'under way';
}
