import type { KubeObject, ObjectMeta, OwnerReference } from '../../crds/v1alpha1/meta.ts';
import { API_VERSION, LABEL_MANAGED_BY, LABEL_RUNTIME, runtimeObjectName } from '../../crds/v1alpha1/names.ts';
import type { Runtime } from '../../crds/v1alpha1/runtime.ts';

/** The reference by which the garbage collector deletes what belongs to `runtime` with it. */
export function ownerOf({ metadata }: Runtime): OwnerReference {
  const { name = '', uid = '' } = metadata;
  return { apiVersion: API_VERSION, kind: 'Runtime', name, uid, controller: true, blockOwnerDeletion: true };
}

/** Whether `object` belongs to `runtime`, this very one and not an earlier one of its name. */
export function isOwnedBy(object: KubeObject, runtime: Runtime): boolean {
  return object.metadata.ownerReferences?.some(({ uid }) => uid === runtime.metadata.uid) ?? false;
}

/** The metadata of an object that the controller keeps for `runtime`: its name, its labels, and whose it is. */
export function metaOf(runtime: Runtime): ObjectMeta {
  const { name = '', namespace } = runtime.metadata;
  return {
    name: runtimeObjectName(name),
    ...(namespace && { namespace }),
    labels: { [LABEL_RUNTIME]: name, [LABEL_MANAGED_BY]: 'krt' },
    ownerReferences: [ownerOf(runtime)],
  };
}
