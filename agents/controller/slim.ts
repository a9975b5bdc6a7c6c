import type { Pod } from '../../crds/client/resources.ts';
import type { ObjectMeta } from '../../crds/v1alpha1/meta.ts';
import { isTerminal, type Run, type RunSpec, type RunStatus } from '../../crds/v1alpha1/run.ts';

/**
 * A Run without what the controller never reads. Of one that has ended only its name, phase and time-to-live are
 * kept, and why it ended: thousands of those cost little.
 */
export function slimRun(run: Run): Run {
  const { metadata, spec, status = {} } = run;
  const { runtime, ttlSecondsAfterFinished } = spec;
  const { phase, reason, completionTime } = status;
  const artifactStore = metadata.deletionTimestamp ? status.artifactStore : undefined;
  if (isTerminal(run)) {
    return {
      metadata: slimMeta(metadata),
      spec: defined<RunSpec>({ runtime, ttlSecondsAfterFinished }),
      status: defined<RunStatus>({ phase, reason, completionTime, artifactStore }),
    };
  }
  const { retryPolicy, resources, cancelRequested } = spec;
  const { assignedPod, assignedPodUID, attempt, attempts, conditions, startTime } = status;
  return {
    metadata: slimMeta(metadata),
    spec: defined<RunSpec>({ runtime, ttlSecondsAfterFinished, retryPolicy, resources, cancelRequested }),
    status: defined<RunStatus>({ phase, assignedPod, assignedPodUID, attempt, attempts, conditions, startTime }),
  };
}

/** A Pod without its spec. */
export function slimPod({ metadata, status }: Pod): Pod {
  const { labels, annotations } = metadata;
  return {
    metadata: { ...slimMeta(metadata), ...(labels && { labels }), ...(annotations && { annotations }) },
    spec: { containers: [] },
    ...(status && { status }),
  };
}

function slimMeta(metadata: ObjectMeta): ObjectMeta {
  const { name, namespace, uid, resourceVersion, creationTimestamp, deletionTimestamp, finalizers } = metadata;
  // who holds it is read of one that is being deleted alone
  const held = deletionTimestamp ? { deletionTimestamp, finalizers } : {};
  return defined<ObjectMeta>({ name, namespace, uid, resourceVersion, creationTimestamp, ...held });
}

function defined<T extends object>(object: { [K in keyof T]?: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
