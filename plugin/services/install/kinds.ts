import type { ResourceInfo } from '../../../crds/client/resources.ts';
import { apiVersionOf } from '../../../crds/client/resources.ts';
import type { KubeObject } from '../../../crds/v1alpha1/meta.ts';

const RBAC = 'rbac.authorization.k8s.io';
const ADMISSION = 'admissionregistration.k8s.io';
const SCOPED = true;
const CLUSTER = false;

/** Every kind that an installation of krt is made of: a test ties them to the manifests. */
const KINDS: readonly ResourceInfo[] = (
  [
    ['', 'v1', 'namespaces', 'Namespace', CLUSTER],
    ['apiextensions.k8s.io', 'v1', 'customresourcedefinitions', 'CustomResourceDefinition', CLUSTER],
    ['', 'v1', 'serviceaccounts', 'ServiceAccount', SCOPED],
    ['', 'v1', 'services', 'Service', SCOPED],
    [RBAC, 'v1', 'roles', 'Role', SCOPED],
    [RBAC, 'v1', 'rolebindings', 'RoleBinding', SCOPED],
    [RBAC, 'v1', 'clusterroles', 'ClusterRole', CLUSTER],
    [RBAC, 'v1', 'clusterrolebindings', 'ClusterRoleBinding', CLUSTER],
    ['apps', 'v1', 'deployments', 'Deployment', SCOPED],
    ['policy', 'v1', 'poddisruptionbudgets', 'PodDisruptionBudget', SCOPED],
    [ADMISSION, 'v1', 'validatingadmissionpolicies', 'ValidatingAdmissionPolicy', CLUSTER],
    [ADMISSION, 'v1', 'validatingadmissionpolicybindings', 'ValidatingAdmissionPolicyBinding', CLUSTER],
    ['coordination.k8s.io', 'v1', 'leases', 'Lease', SCOPED],
    ['networking.k8s.io', 'v1', 'networkpolicies', 'NetworkPolicy', SCOPED],
  ] as const
).map(([group, version, plural, kind, namespaced]) => ({ group, version, plural, kind, namespaced }));

/** How objects of the kind of `object` are addressed. */
export function kindOf({ apiVersion, kind }: KubeObject): ResourceInfo {
  const found = KINDS.find(info => info.kind === kind && apiVersionOf(info) === apiVersion);
  if (!found) throw new Error(`an installation has no ${kind} of ${apiVersion}`);
  return found;
}

/** As kubectl names an object: `deployment.apps/krt-controller`. */
export function nameOf(object: KubeObject): string {
  const { kind, group } = kindOf(object);
  return `${kind.toLowerCase()}${group && `.${group}`}/${object.metadata.name}`;
}
