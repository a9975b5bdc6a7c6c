import type { Role, RoleBinding } from '../../crds/client/resources.ts';
import type { KubeObject } from '../../crds/v1alpha1/meta.ts';
import { GROUP, runtimeObjectName } from '../../crds/v1alpha1/names.ts';
import type { Runtime } from '../../crds/v1alpha1/runtime.ts';
import { serviceAccountOf } from './desired-deployment.ts';
import { metaOf } from './owner.ts';

/** What runtimed may do, in the namespace of its Runtime; the controller can grant it only what it may do itself. */
export const RUNTIMED_RULES: Role['rules'] = [
  // patch: krt's finalizer, to which the admission policy keeps it
  { apiGroups: [GROUP], resources: ['runs'], verbs: ['get', 'list', 'watch', 'patch'] },
  { apiGroups: [GROUP], resources: ['runs/status'], verbs: ['get', 'patch'] },
];

/** Krt's own verb, for the admission policy: what tells the Pods of one Runtime from those of another. */
export const SERVE_VERB = 'serve';

/** The ServiceAccount of a Runtime's Pods; undefined where the user names one. */
export function desiredServiceAccount(runtime: Runtime): KubeObject | undefined {
  const { name, isOurs } = serviceAccountOf(runtime);
  if (!isOurs) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { ...metaOf(runtime), name },
    automountServiceAccountToken: false,
  } as KubeObject;
}

/** The Role that lets runtimed do its work. */
export function desiredRole(runtime: Runtime): Role {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: metaOf(runtime),
    rules: [
      ...RUNTIMED_RULES,
      {
        apiGroups: [GROUP],
        resources: ['runtimes'],
        resourceNames: [runtime.metadata.name ?? ''],
        verbs: [SERVE_VERB],
      },
    ],
  };
}

/** The RoleBinding that gives the Role to the ServiceAccount of the Pods, the user's or ours. */
export function desiredRoleBinding(runtime: Runtime): RoleBinding {
  const { namespace = '' } = runtime.metadata;
  const roleName = runtimeObjectName(runtime.metadata.name ?? '');
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: metaOf(runtime),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: roleName },
    subjects: [{ kind: 'ServiceAccount', name: serviceAccountOf(runtime).name, namespace }],
  };
}
