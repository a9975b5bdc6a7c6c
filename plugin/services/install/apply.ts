import { ApiError, isNotFound } from '../../../crds/client/api-error.ts';
import { apiVersionOf, pathOf, RESOURCES } from '../../../crds/client/resources.ts';
import type { Transport } from '../../../crds/client/transport.ts';
import type { KubeObject } from '../../../crds/v1alpha1/meta.ts';
import { usageError } from '../../errors.ts';
import { kindOf, nameOf } from './kinds.ts';

/** What applying needs. */
export interface ApplyDeps {
  readonly transport: Transport;
  readonly signal: AbortSignal;
  /** Told of each object that the server has taken. */
  readonly onApplied: (object: KubeObject) => Promise<void>;
}

/** Under this name the API server keeps which fields are krt's: what others add beside stays. */
const FIELD_MANAGER = 'krt-install';

/** Puts objects on the cluster by server-side apply, in their order; the same again changes nothing. */
export async function applyObjects(objects: readonly KubeObject[], deps: ApplyDeps): Promise<void> {
  await refuseMissingKinds(objects, deps);
  for (const object of objects) {
    await applyOne(object, deps);
    await deps.onApplied(object);
  }
}

/** What a server that lacks kinds is most likely. */
export const NEEDS = 'krt needs Kubernetes 1.31 or newer; the embedded default of "krt local up" has krt in it already';

/** To be called before the first write: half an installation is worse than none. */
export async function refuseMissingKinds(
  objects: readonly KubeObject[],
  { transport, signal }: Pick<ApplyDeps, 'transport' | 'signal'>,
): Promise<void> {
  const missing = await missingKinds(objects, { transport, signal });
  if (missing.length === 0) return;
  throw usageError(`this API server has no ${missing.join(', no ')}`, NEEDS, 'NotSupported');
}

/** The kinds among those of `objects` that the API server does not serve. */
export async function missingKinds(
  objects: readonly KubeObject[],
  { transport, signal }: Pick<ApplyDeps, 'transport' | 'signal'>,
): Promise<string[]> {
  const kinds = new Map(objects.map(object => [nameOf({ ...object, metadata: {} }), kindOf(object)]));
  const groups = Map.groupBy(kinds.values(), apiVersionOf);
  const missing = await Promise.all(
    [...groups].map(async ([apiVersion, wanted]) => {
      const served = await servedBy(apiVersion, { transport, signal });
      return wanted.filter(({ plural }) => !served.includes(plural)).map(({ kind }) => `${kind} of ${apiVersion}`);
    }),
  );
  return missing.flat();
}

async function servedBy(
  apiVersion: string,
  { transport, signal }: Pick<ApplyDeps, 'transport' | 'signal'>,
): Promise<string[]> {
  const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  try {
    const { resources } = await transport.json<{ resources: { name: string }[] }>({ method: 'GET', path, signal });
    return resources.map(({ name }) => name);
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

async function applyOne(object: KubeObject, { transport, signal }: ApplyDeps): Promise<void> {
  const { name, namespace } = object.metadata;
  try {
    await transport.json({
      method: 'PATCH',
      path: pathOf(kindOf(object), namespace, name),
      // ours to decide: a field of krt's that another hand has changed comes back
      query: { fieldManager: FIELD_MANAGER, force: true, fieldValidation: 'Strict' },
      // JSON is YAML
      contentType: 'application/apply-patch+yaml',
      body: object,
      signal,
    });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 415) throw error;
    const hint = 'kubectl can do without: kubectl apply -f install/install.yaml';
    throw usageError('this API server takes no server-side apply', hint, 'NotSupported');
  }
}

/** Throws a usage error where the namespace that krt is to serve is not there. */
export async function requireNamespace(
  namespace: string,
  { transport, signal }: Pick<ApplyDeps, 'transport' | 'signal'>,
): Promise<void> {
  try {
    const path = pathOf(RESOURCES.namespaces, undefined, namespace);
    const { metadata } = await transport.json<KubeObject>({ method: 'GET', path, signal });
    if (metadata.deletionTimestamp) throw usageError(`namespace "${namespace}" is being deleted`);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw usageError(`there is no namespace "${namespace}"`, `make it with: kubectl create namespace ${namespace}`);
  }
}
