import type { Role } from '../../crds/client/resources.ts';
import { GROUP } from '../../crds/v1alpha1/names.ts';

/**
 * The right to write the status of any Run. The verb is krt's own: RBAC alone can't tell Runs of one Pod from those of
 * another, so the admission policy of `install/` lets whoever lacks it, as runtimed does, write only the status of
 * Runs that are assigned to the Pod that its token is bound to.
 */
export const ASSIGN_RULE: Role['rules'][number] = { apiGroups: [GROUP], resources: ['runs'], verbs: ['assign'] };

/** What an agent needs in its own namespace to lead under the Lease `name`. */
export function leaseRules(name: string): Role['rules'] {
  const leases = { apiGroups: ['coordination.k8s.io'], resources: ['leases'] };
  return [
    // an object that is yet to be created can't be named
    { ...leases, verbs: ['create'] },
    { ...leases, resourceNames: [name], verbs: ['get', 'update'] },
  ];
}
