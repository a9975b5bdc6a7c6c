import type { Pod } from '../../../../crds/client/resources.ts';
import { ConfigError } from '../container/config-error.ts';
import { type References, readReferences } from '../container/config-objects.ts';
import type { NodeContext } from '../context.ts';
import { bindClaim } from '../volumes/claims.ts';
import { prepareVolumes } from '../volumes/prepare-volumes.ts';
import { portsToReplace } from './ports.ts';

/** What the containers of a Pod share. */
export interface Prepared {
  readonly volumes: ReadonlyMap<string, string>;
  readonly references: References;
  readonly ports: ReadonlyMap<number, number>;
}

/** Makes volumes and takes ports. Throws ConfigError where the Pod names what is not there. */
export async function preparePod(context: NodeContext, pod: Pod, signal: AbortSignal): Promise<Prepared> {
  const { clients, files, claimsDir, token } = context;
  const { uid = '' } = pod.metadata;
  const references = await readReferences(clients.transport, pod, signal);
  const volumes = await prepareVolumes({
    pod,
    podDir: files.volumes(uid),
    claimsDir,
    references,
    token,
    bindClaim: (namespace, name) => bindClaim(clients.transport, namespace, name, signal),
  });
  const ports = new Map<number, number>();
  for (const port of portsToReplace(pod)) ports.set(port, await context.ports.take());
  return { volumes, references, ports };
}

/** Whether an error is one that the Pod waits out. */
export function isConfigError(error: unknown): error is ConfigError {
  return error instanceof ConfigError;
}
