import type { Deployment } from '../../../crds/client/resources.ts';

/** Whether all Pods of a Deployment are new and ready, as `kubectl rollout status` sees it. */
export function isRolledOut({ metadata, spec, status = {} }: Deployment): boolean {
  const { replicas = 1 } = spec;
  const isSeen = (status.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  return isSeen && (status.updatedReplicas ?? 0) >= replicas && (status.availableReplicas ?? 0) >= replicas;
}
