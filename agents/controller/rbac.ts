import type { Role } from '../../crds/client/resources.ts';
import { GROUP } from '../../crds/v1alpha1/names.ts';
import { ASSIGN_RULE } from '../lib/agent-rules.ts';
import { RUNTIMED_RULES, SERVE_VERB } from './desired-rbac.ts';

const OURS = ['create', 'get', 'list', 'watch', 'update', 'delete'];

/**
 * What the controller needs in every namespace that it serves. It grants runtimed's rules, so RBAC wants it to have
 * them itself. The Lease is asked for apart, in the controller's own namespace.
 */
export const CONTROLLER_RULES: Role['rules'] = [
  { apiGroups: [GROUP], resources: ['runtimes'], verbs: ['get', 'list', 'watch', SERVE_VERB] },
  { apiGroups: [GROUP], resources: ['runtimes/status'], verbs: ['get', 'patch'] },
  // owner references that block deletion ask for this
  { apiGroups: [GROUP], resources: ['runtimes/finalizers'], verbs: ['update'] },
  { apiGroups: [GROUP], resources: ['runs'], verbs: ['get', 'list', 'watch', 'delete'] },
  { apiGroups: [GROUP], resources: ['runs/status'], verbs: ['get', 'patch'] },
  ASSIGN_RULE,
  { apiGroups: ['apps'], resources: ['deployments'], verbs: OURS },
  { apiGroups: [''], resources: ['serviceaccounts'], verbs: OURS },
  { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'], verbs: OURS },
  { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: OURS },
  { apiGroups: [''], resources: ['pods'], verbs: ['create', 'get', 'list', 'watch', 'delete'] },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'get', 'patch'] },
  ...RUNTIMED_RULES,
];
