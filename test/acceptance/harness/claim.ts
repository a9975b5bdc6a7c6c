import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isNotFound } from '../../../crds/client/api-error.ts';
import type { World } from './world.ts';

/**
 * A claim of the world's namespace. A cluster without a provisioner gets a volume for it: a folder of this machine,
 * which its node is; the embedded default has no volumes and binds claims itself.
 */
export async function makeClaim(
  { clients, namespace, dir }: Pick<World, 'clients' | 'namespace' | 'dir'>,
  name: string,
): Promise<void> {
  const { transport } = clients;
  const spec = { storageClassName: '', accessModes: ['ReadWriteMany'] };
  const storage = '1Gi';
  const path = join(dir, name);
  await mkdir(path);
  await chmod(path, 0o777); // no kubelet sets the owner of such a folder
  try {
    await transport.json({
      method: 'POST',
      path: '/api/v1/persistentvolumes',
      body: {
        metadata: { name: `${namespace}-${name}` },
        spec: {
          ...spec,
          capacity: { storage },
          hostPath: { path },
          persistentVolumeReclaimPolicy: 'Retain',
          claimRef: { namespace, name },
        },
      },
    });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  await transport.json({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/persistentvolumeclaims`,
    body: { metadata: { name }, spec: { ...spec, resources: { requests: { storage } } } },
  });
}

/** Takes away the volume that a claim was given; its namespace takes the claim. */
export async function dropVolume({ clients, namespace }: World, name: string): Promise<void> {
  const path = `/api/v1/persistentvolumes/${namespace}-${name}`;
  await clients.transport.json({ method: 'DELETE', path }).catch(error => {
    if (!isNotFound(error)) throw error;
  });
}
