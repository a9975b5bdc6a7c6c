import { type ApiObject, isObject } from '../object.ts';
import { forbidden } from '../status-error.ts';
import type { ApiContext } from './context.ts';

/** The ServiceAccount admission: a Pod's ServiceAccount must exist. It mounts no token that nobody asked for. */
export function admitPod({ store }: ApiContext, pod: ApiObject): void {
  const { namespace = '', name = '', generateName = '' } = pod.metadata;
  const spec = pod['spec'];
  const account = isObject(spec) ? String(spec['serviceAccountName'] ?? 'default') : 'default';
  if (store.get('/serviceaccounts', namespace, account)) return;
  const why = `error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`;
  throw forbidden({ group: '', name: 'pods' }, name || generateName, why);
}
