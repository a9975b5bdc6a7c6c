import type { Clients } from '../../../crds/client/index.ts';
import type { KubeObject } from '../../../crds/v1alpha1/meta.ts';
import type { Clock } from '../../clock.ts';
import type { Progress } from '../../ui/progress.ts';
import { applyObjects, requireNamespace } from './apply.ts';
import { awaitAgents } from './await-agents.ts';
import { awaitGone } from './await-gone.ts';
import { refuseRivals } from './rivals.ts';

/** What installing needs. */
export interface InstallDeps {
  readonly clients: Pick<Clients, 'transport' | 'deployments' | 'pods'>;
  /** Where the agents live. */
  readonly namespace: string;
  /** Whether that namespace is the user's, so that it must be there already. */
  readonly isNamespaced: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How long to wait until the agents are ready, in milliseconds; undefined: not at all. */
  readonly waitMs: number | undefined;
  readonly progress: Pick<Progress, 'show' | 'clear'>;
  readonly checkCommand: string;
  readonly onApplied: (object: KubeObject) => Promise<void>;
}

/** Applies the objects of an installation, and waits until its agents are ready. */
export async function install(objects: readonly KubeObject[], deps: InstallDeps): Promise<void> {
  const { clients, namespace, isNamespaced, clock, signal, waitMs, progress, checkCommand, onApplied } = deps;
  const { transport } = clients;
  if (isNamespaced) await requireNamespace(namespace, { transport, signal });
  await refuseRivals({ clients, onlyNamespace: isNamespaced ? namespace : undefined, signal });
  await awaitGone(objects, { transport, clock, waitMs, signal, progress });
  await applyObjects(objects, { transport, signal, onApplied });
  if (waitMs === undefined) return;
  progress.show('waiting for the agents to be ready');
  const agents = objects.filter(({ kind }) => kind === 'Deployment').map(({ metadata }) => metadata.name ?? '');
  await awaitAgents(agents, { clients, namespace, clock, timeoutMs: waitMs, signal, checkCommand });
}
