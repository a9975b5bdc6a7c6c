import type { Logger } from 'pino';
import type { Clock } from '../../../crds/client/clock.ts';
import type { Clients } from '../../../crds/client/index.ts';
import type { KubeObject } from '../../../crds/v1alpha1/meta.ts';
import { startInformer } from '../../lib/informer.ts';
import { makeKeyLoop } from '../../lib/key-loop.ts';
import { reconcileDeployment } from './deployment-reconciler.ts';
import { Removals } from './removals.ts';
import { reconcileReplicaSet } from './replica-set-reconciler.ts';
import { controllerOf } from './template.ts';

export interface WorkloadsOptions {
  readonly clients: Pick<Clients, 'deployments' | 'replicaSets' | 'pods'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Starts what stands in for kube-controller-manager's Deployment and ReplicaSet controllers. */
export async function startWorkloads({ clients, clock, log, signal }: WorkloadsOptions): Promise<void> {
  const indexes = { controller: (object: KubeObject) => [controllerOf(object)] };
  const onRetry = (error: unknown, delayMs: number) => log.warn({ err: error, delayMs }, 'a watch failed');
  const common = { clock, signal, onRetry, indexes };
  const deployments = { client: clients.deployments, cache: startInformer({ ...common, client: clients.deployments }) };
  const replicaSets = { client: clients.replicaSets, cache: startInformer({ ...common, client: clients.replicaSets }) };
  const pods = { client: clients.pods, cache: startInformer({ ...common, client: clients.pods }) };

  const removals = new Removals();

  const loop = { clock, log, signal };
  const deploymentLoop = makeKeyLoop({
    ...{ ...loop, name: 'deployments' },
    reconcile: (key, stop) => reconcileDeployment({ deployments, replicaSets, clock }, key, stop),
  });
  const setLoop = makeKeyLoop({
    ...{ ...loop, name: 'replica-sets' },
    reconcile: (key, stop) => reconcileReplicaSet({ replicaSets, pods, removals, clock }, key, stop),
  });
  deployments.cache.on(({ object }) => deploymentLoop.add(keyOf(object)));
  replicaSets.cache.on(({ object }) => {
    setLoop.add(keyOf(object));
    addOwner(deploymentLoop.add, object);
  });
  pods.cache.on(({ type, object }) => {
    if (type === 'deleted' || object.metadata.deletionTimestamp) removals.forget(object);
    addOwner(setLoop.add, object);
  });
  await Promise.all([deployments, replicaSets, pods].map(({ cache }) => cache.synced));
  deploymentLoop.start();
  setLoop.start();
}

const keyOf = ({ metadata }: KubeObject) => `${metadata.namespace}/${metadata.name}`;

function addOwner(add: (key: string) => void, { metadata }: KubeObject): void {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  if (owner) add(`${metadata.namespace}/${owner.name}`);
}
