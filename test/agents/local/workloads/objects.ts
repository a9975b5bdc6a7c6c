import { newReplicaSet } from '../../../../agents/local/workloads/template.ts';
import type { Deployment } from '../../../../crds/client/resources.ts';

/** A Deployment `web` of Pods with one container; `image` tells templates apart. */
export function makeDeployment(spec: Partial<Deployment['spec']> = {}, image = 'new'): Deployment {
  return {
    metadata: {
      name: 'web',
      namespace: 'default',
      uid: 'uid-web',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image }] } },
      ...spec,
    },
  };
}

/** How many Pods a ReplicaSet is to have, has, and has ready. */
export interface Sizes {
  readonly wanted?: number;
  readonly present?: number;
  readonly available?: number;
  /** Seconds of the minute in which it was made; decides which is the oldest. */
  readonly born?: number;
}

/** The ReplicaSet of the Deployment's template, or of that with another image; it has as many Pods as it wants. */
export function makeSet(deployment: Deployment, sizes: Sizes = {}, image?: string): Deployment {
  const { wanted = 0, present = wanted, available = present, born = 0 } = sizes;
  const template = image === undefined ? deployment.spec.template : makeDeployment({}, image).spec.template;
  const set = newReplicaSet({ ...deployment, spec: { ...deployment.spec, template } });
  return {
    ...set,
    metadata: {
      ...set.metadata,
      uid: `uid-${set.metadata.name}`,
      generation: 1,
      creationTimestamp: `2026-01-01T00:00:${String(born).padStart(2, '0')}Z`,
    },
    spec: { ...set.spec, replicas: wanted },
    status: {
      replicas: present,
      ...(available > 0 && { readyReplicas: available, availableReplicas: available }),
      observedGeneration: 1,
    },
  };
}
