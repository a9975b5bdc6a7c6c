import { isNotFound } from '../../../../crds/client/api-error.ts';
import type { Transport } from '../../../../crds/client/transport.ts';
import { ConfigError } from '../container/config-error.ts';

interface Claim {
  spec?: { accessModes?: string[]; resources?: { requests?: Record<string, string> } };
  status?: { phase?: string };
}

/**
 * Binds the claim at its first use, as a provisioner that waits for the first consumer does. Throws ConfigError where
 * there is no such claim, and what the transport throws.
 */
export async function bindClaim(
  transport: Transport,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${encodeURIComponent(name)}`;
  let claim: Claim;
  try {
    claim = await transport.json<Claim>({ method: 'GET', path, signal });
  } catch (error) {
    if (isNotFound(error)) throw new ConfigError(`persistentvolumeclaim "${name}" not found`);
    throw error;
  }
  if (claim.status?.phase === 'Bound') return;
  const { accessModes, resources } = claim.spec ?? {};
  const status = {
    phase: 'Bound',
    ...(accessModes && { accessModes }),
    ...(resources?.requests && { capacity: resources.requests }),
  };
  await transport.json({
    method: 'PATCH',
    path: `${path}/status`,
    contentType: 'application/merge-patch+json',
    body: { status },
    signal,
  });
}
