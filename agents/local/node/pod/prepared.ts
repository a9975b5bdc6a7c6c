import type { Pod } from '../../../../crds/client/resources.ts';
import { ConfigError } from '../container/config-error.ts';
import { type References, readReferences } from '../container/config-objects.ts';
import type { NodeContext } from '../context.ts';
import { bindClaim } from '../volumes/claims.ts';
import { prepareVolumes } from '../volumes/prepare-volumes.ts';

/** What the containers of a Pod share. */
export interface Prepared {
  readonly volumes: ReadonlyMap<string, string>;
  readonly references: References;
}

/** Makes volumes, and reads what they are made of. Throws ConfigError where the Pod names what is not there. */
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
  return { volumes, references };
}

/** Whether an error is one that the Pod waits out. */
export function isConfigError(error: unknown): error is ConfigError {
  return error instanceof ConfigError;
}
