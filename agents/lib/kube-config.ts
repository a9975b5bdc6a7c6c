import { readFile } from 'node:fs/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { VOLUMES } from '../../crds/v1alpha1/names.ts';

/** The configuration in the file that KUBECONFIG names, else that of the Pod's ServiceAccount. Throws without either. */
export function loadKubeConfig(env: NodeJS.ProcessEnv): KubeConfig {
  const kubeConfig = new KubeConfig();
  if (env['KUBECONFIG']) kubeConfig.loadFromFile(env['KUBECONFIG']);
  else kubeConfig.loadFromCluster();
  return kubeConfig;
}

/** The agent's own namespace: as the environment says, else that of the Pod, of the context, or `default`. */
export async function ownNamespace(env: NodeJS.ProcessEnv, kubeConfig: KubeConfig): Promise<string> {
  if (env['KRT_POD_NAMESPACE']) return env['KRT_POD_NAMESPACE'];
  const context = kubeConfig.getContextObject(kubeConfig.getCurrentContext());
  if (env['KUBECONFIG']) return context?.namespace ?? 'default';
  return (await readFile(`${VOLUMES.token.mountPath}/namespace`, 'utf8')).trim();
}
