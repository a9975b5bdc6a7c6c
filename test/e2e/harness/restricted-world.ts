import type { RuntimeSpec } from '../../../crds/v1alpha1/index.ts';
import { TEST_TIMEOUT_MS } from '../../acceptance/harness/settings.ts';
import { useWorld, type World } from '../../acceptance/harness/world.ts';
import { useInstallation } from './installation.ts';

/**
 * Gives the suite that calls it krt and a namespace that enforces Pod Security `restricted`, with a Runtime `bash` of
 * that spec unless it is false.
 */
export function useRestrictedWorld(suite: string, bash: Partial<RuntimeSpec> | false): World {
  useInstallation();
  const world = useWorld(suite, { bash: false });
  before(async function () {
    this.timeout(TEST_TIMEOUT_MS);
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    await world.clients.namespaces.patch(world.namespace, undefined, { metadata: { labels } });
    if (bash !== false) await world.addRuntime('bash', bash);
  });
  return world;
}
