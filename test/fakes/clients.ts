import type { Clients } from '../../crds/client/index.ts';
import {
  type Deployment,
  type KubeEvent,
  type Lease,
  type NetworkPolicy,
  type Pod,
  RESOURCES,
  type Role,
  type RoleBinding,
} from '../../crds/client/resources.ts';
import type { KubeObject } from '../../crds/v1alpha1/meta.ts';
import { isTerminal, phaseOf, type Run } from '../../crds/v1alpha1/run.ts';
import type { Runtime } from '../../crds/v1alpha1/runtime.ts';
import { FakeResourceClient } from './resource-client.ts';

/** Every kind of one API server in memory, with one count of resourceVersions. */
export interface FakeClients extends Clients {
  readonly runs: FakeResourceClient<Run>;
  readonly runtimes: FakeResourceClient<Runtime>;
  readonly pods: FakeResourceClient<Pod>;
  readonly events: FakeResourceClient<KubeEvent>;
  readonly namespaces: FakeResourceClient<KubeObject>;
  readonly serviceAccounts: FakeResourceClient<KubeObject>;
  readonly deployments: FakeResourceClient<Deployment>;
  readonly replicaSets: FakeResourceClient<Deployment>;
  readonly leases: FakeResourceClient<Lease>;
  readonly roles: FakeResourceClient<Role>;
  readonly roleBindings: FakeResourceClient<RoleBinding>;
  readonly networkPolicies: FakeResourceClient<NetworkPolicy>;
}

/** Clients on an empty API server in memory; `now` (milliseconds) gives creation timestamps. */
export function makeFakeClients(now: () => number = () => 0): FakeClients {
  const versions = { last: 100 };
  const plain = { versions, now };
  return {
    get transport(): never {
      throw new Error('the fake has no transport');
    },
    serverTime: () => undefined,
    podArtifact: () => Promise.reject(new Error('the fake has no artifacts')),
    podLog: () => Promise.reject(new Error('the fake has no logs')),
    runs: new FakeResourceClient<Run>(RESOURCES.runs, {
      ...plain,
      defaults: run => ({ ...run, status: { phase: 'Pending' } }),
      refuse: (next, old) =>
        old && isTerminal(old) && phaseOf(next) !== phaseOf(old) ? 'a Run that has ended never changes' : undefined,
    }),
    runtimes: new FakeResourceClient<Runtime>(RESOURCES.runtimes, plain),
    pods: new FakeResourceClient<Pod>(RESOURCES.pods, plain),
    events: new FakeResourceClient<KubeEvent>(RESOURCES.events, { ...plain, hasStatus: false }),
    namespaces: new FakeResourceClient<KubeObject>(RESOURCES.namespaces, plain),
    serviceAccounts: new FakeResourceClient<KubeObject>(RESOURCES.serviceAccounts, { ...plain, hasStatus: false }),
    deployments: new FakeResourceClient<Deployment>(RESOURCES.deployments, plain),
    replicaSets: new FakeResourceClient<Deployment>(RESOURCES.replicaSets, plain),
    leases: new FakeResourceClient<Lease>(RESOURCES.leases, { ...plain, hasStatus: false }),
    roles: new FakeResourceClient<Role>(RESOURCES.roles, { ...plain, hasStatus: false }),
    roleBindings: new FakeResourceClient<RoleBinding>(RESOURCES.roleBindings, { ...plain, hasStatus: false }),
    networkPolicies: new FakeResourceClient<NetworkPolicy>(RESOURCES.networkPolicies, { ...plain, hasStatus: false }),
  };
}
