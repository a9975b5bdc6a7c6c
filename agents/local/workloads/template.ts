import { createHash } from 'node:crypto';
import { apiVersionOf, type Deployment, RESOURCES } from '../../../crds/client/resources.ts';
import type { KubeObject, OwnerReference } from '../../../crds/v1alpha1/meta.ts';
import type { PodTemplate } from '../../../crds/v1alpha1/runtime.ts';
import { canonicalJson } from '../../lib/canonical-json.ts';

/** Label by which Pods of one revision of a Deployment are told from those of another. */
export const TEMPLATE_HASH = 'pod-template-hash';

/** A short hash of a Pod template, whatever the order of its keys, of the letters that Kubernetes uses in names. */
export function templateHash(template: PodTemplate): string {
  const digest = createHash('sha256').update(canonicalJson(template)).digest();
  return [...digest.subarray(0, 10)].map(byte => 'bcdfghjklmnpqrstvwxz2456789'[byte % 27]).join('');
}

/** The reference of what a Deployment or ReplicaSet owns. */
export function controllerRef(kind: 'deployments' | 'replicaSets', { metadata }: KubeObject): OwnerReference {
  const { name = '', uid = '' } = metadata;
  const { kind: ownerKind } = RESOURCES[kind];
  const apiVersion = apiVersionOf(RESOURCES[kind]);
  return { apiVersion, kind: ownerKind, name, uid, controller: true, blockOwnerDeletion: true };
}

/** UID of the Deployment or ReplicaSet that controls `object`; empty where none does. */
export function controllerOf({ metadata }: KubeObject): string {
  return metadata.ownerReferences?.find(({ controller }) => controller)?.uid ?? '';
}

/** The ReplicaSet of the Deployment's present template, with no Pod yet. */
export function newReplicaSet(deployment: Deployment): Deployment {
  const { name = '', namespace } = deployment.metadata;
  const { template } = deployment.spec;
  const hash = templateHash(template);
  const labels = { ...template.metadata?.labels, [TEMPLATE_HASH]: hash };
  return {
    metadata: {
      name: `${name}-${hash}`,
      ...(namespace && { namespace }),
      labels,
      ownerReferences: [controllerRef('deployments', deployment)],
    },
    spec: {
      replicas: 0,
      selector: { matchLabels: { ...deployment.spec.selector.matchLabels, [TEMPLATE_HASH]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}
