import type { Role } from '../../crds/client/resources.ts';
import { GROUP } from '../../crds/v1alpha1/names.ts';
import { ASSIGN_RULE } from '../lib/agent-rules.ts';

/** What the scheduler needs in every namespace that it serves; its Lease is asked for apart, in its own namespace. */
export const SCHEDULER_RULES: Role['rules'] = [
  { apiGroups: [GROUP], resources: ['runs', 'runtimes'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: [GROUP], resources: ['runs/status'], verbs: ['get', 'patch'] },
  ASSIGN_RULE,
  { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
];
