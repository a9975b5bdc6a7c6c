import type { Transport } from '../../../crds/client/transport.ts';
import { GROUP } from '../../../crds/v1alpha1/names.ts';
import { type Finding, ok, wrong } from './finding.ts';

/** What `krt run` does at the API server. */
const NEEDED = [
  { group: GROUP, resource: 'runs', verb: 'create' },
  { group: GROUP, resource: 'runs', verb: 'watch' },
  { group: '', resource: 'pods', subresource: 'log', verb: 'get' },
] as const;

/** Whether this user may run programs in `namespace`. */
export async function checkRights(
  namespace: string,
  { transport, signal }: { readonly transport: Transport; readonly signal: AbortSignal },
): Promise<Finding> {
  const mayNot = await Promise.all(
    NEEDED.map(async attributes => {
      const { status } = await transport.json<{ status: { allowed: boolean } }>({
        method: 'POST',
        path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        body: {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectAccessReview',
          spec: { resourceAttributes: { namespace, ...attributes } },
        },
        signal,
      });
      const { verb, resource } = attributes;
      return status.allowed
        ? []
        : [`${verb} ${resource}${'subresource' in attributes ? `/${attributes.subresource}` : ''}`];
    }),
  );
  const verbs = mayNot.flat();
  if (verbs.length === 0) return ok(`you may run programs in namespace ${namespace}`);
  return wrong(`you may not ${verbs.join(', nor ')} in namespace ${namespace}`, 'ask for the role "edit" there');
}
