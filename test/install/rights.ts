/** Who krt lets act, as the name of a ServiceAccount, and everything that it may do there. */
export interface Rights {
  readonly account: string;
  readonly namespace: 'system' | 'runtime';
  /** `verbs group/resource [names]`; in every namespace unless `onlyIn` says otherwise. */
  readonly rights: readonly string[];
  /** Rights in the account's own namespace beside those. */
  readonly ownRights?: readonly string[];
}

const KEEP = 'create,delete,get,list,update,watch';

/** The golden table of permissions: the whole of what the agents may do. docs/install.md shows it to people. */
export const RIGHTS: readonly Rights[] = [
  {
    account: 'krt-controller',
    namespace: 'system',
    rights: [
      'assign,delete,get,list,patch,watch kruntimes.io/runs',
      'get,patch kruntimes.io/runs/status',
      'get,list,serve,watch kruntimes.io/runtimes',
      'update kruntimes.io/runtimes/finalizers',
      'get,patch kruntimes.io/runtimes/status',
      `${KEEP} apps/deployments`,
      `${KEEP} core/serviceaccounts`,
      `${KEEP} networking.k8s.io/networkpolicies`,
      `${KEEP} rbac.authorization.k8s.io/rolebindings`,
      `${KEEP} rbac.authorization.k8s.io/roles`,
      'create,get,patch core/events',
      'create,delete,get,list,watch core/pods',
    ],
    ownRights: ['create coordination.k8s.io/leases', 'get,update coordination.k8s.io/leases [krt-controller]'],
  },
  {
    account: 'krt-scheduler',
    namespace: 'system',
    rights: [
      'assign,get,list,watch kruntimes.io/runs',
      'get,patch kruntimes.io/runs/status',
      'get,list,watch kruntimes.io/runtimes',
      'get,list,watch core/pods',
    ],
    ownRights: ['create coordination.k8s.io/leases', 'get,update coordination.k8s.io/leases [krt-scheduler]'],
  },
  {
    account: 'krt-runtime-bash',
    namespace: 'runtime',
    rights: [],
    ownRights: [
      'get,list,patch,watch kruntimes.io/runs',
      'get,patch kruntimes.io/runs/status',
      'serve kruntimes.io/runtimes [bash]',
    ],
  },
  { account: 'default', namespace: 'runtime', rights: [] },
];
