import type { Pod } from '../../crds/client/resources.ts';
import type { ObjectMeta } from '../../crds/v1alpha1/meta.ts';
import { ANNOTATION_CAPACITY, ANNOTATION_ISOLATION, LABEL_RUNTIME } from '../../crds/v1alpha1/names.ts';
import type { Run } from '../../crds/v1alpha1/run.ts';
import type { Runtime } from '../../crds/v1alpha1/runtime.ts';

/** A Run without what a scheduler never reads: 5,000 queued ones must not hold 5,000 sources in memory. */
export function slimRun({ metadata, spec, status = {} }: Run): Run {
  const { runtime, priority, cancelRequested, resources, retryPolicy } = spec;
  const { phase, assignedPod, assignedPodUID, attempt, nextAttemptTime, conditions } = status;
  return {
    metadata: slimMeta(metadata),
    spec: defined({ runtime, priority, cancelRequested, resources, retryPolicy }) as Run['spec'],
    status: defined({ phase, assignedPod, assignedPodUID, attempt, nextAttemptTime, conditions }),
  };
}

/** A Pod's identity, Runtime, capacity, isolation and readiness. */
export function slimPod({ metadata, status }: Pod): Pod {
  const label = metadata.labels?.[LABEL_RUNTIME];
  const kept = [ANNOTATION_CAPACITY, ANNOTATION_ISOLATION].flatMap(name => {
    const value = metadata.annotations?.[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    metadata: {
      ...slimMeta(metadata),
      ...(label !== undefined && { labels: { [LABEL_RUNTIME]: label } }),
      ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }),
    },
    spec: { containers: [] },
    status: { conditions: status?.conditions?.filter(({ type }) => type === 'Ready') ?? [] },
  };
}

/** A Runtime's size. */
export function slimRuntime({ metadata, spec: { replicas, capacity, isolation } }: Runtime): Runtime {
  return {
    metadata: slimMeta(metadata),
    spec: { ...defined({ replicas, capacity, isolation }), template: { spec: { containers: [] } } },
  };
}

function slimMeta(metadata: ObjectMeta): ObjectMeta {
  const { name, namespace, uid, resourceVersion, creationTimestamp, deletionTimestamp } = metadata;
  return defined({ name, namespace, uid, resourceVersion, creationTimestamp, deletionTimestamp });
}

/** The object without its undefined fields. */
function defined<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as never;
}
