import type { Logger } from 'pino';
import { ApiError, isConflict, isTransient } from '../../crds/client/api-error.ts';
import type { Clock } from '../../crds/client/clock.ts';
import type { Deployment, NetworkPolicy, Pod, Role, RoleBinding } from '../../crds/client/resources.ts';
import { findCondition } from '../../crds/v1alpha1/conditions.ts';
import type { Condition, KubeObject } from '../../crds/v1alpha1/meta.ts';
import { CONDITIONS, runtimeObjectName } from '../../crds/v1alpha1/names.ts';
import { type Run, requestsOf } from '../../crds/v1alpha1/run.ts';
import type { Runtime, RuntimeStatus } from '../../crds/v1alpha1/runtime.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import { writeStatus } from '../lib/guarded-status.ts';
import type { Informer } from '../lib/informer.ts';
import type { Outcome } from '../lib/key-loop.ts';
import { desiredDeployment } from './desired-deployment.ts';
import { desiredNetworkPolicy } from './desired-network-policy.ts';
import { desiredRole, desiredRoleBinding, desiredServiceAccount } from './desired-rbac.ts';
import { hasDrifted, stamped } from './drift.ts';
import { ensure, type Kept, NameTakenError } from './ensure.ts';
import type { EventWriter } from './events.ts';
import { isOwnedBy } from './owner.ts';
import { computeStatus } from './runtime-status.ts';
import type { SidecarOptions } from './sidecar.ts';

export interface RuntimeReconcilerDeps {
  runtimes: Kept<Runtime>;
  deployments: Kept<Deployment>;
  serviceAccounts: Kept<KubeObject>;
  roles: Kept<Role>;
  roleBindings: Kept<RoleBinding>;
  networkPolicies: Kept<NetworkPolicy>;
  /** Index `runtime`: namespace/name. */
  pods: Pick<Informer<Pod>, 'by'>;
  /** Index `activeOf`: namespace/name of the Runtime, active Runs only. */
  runs: Pick<Informer<Run>, 'by'>;
  clock: Clock;
  log: Logger;
  events: EventWriter;
  sidecar: SidecarOptions;
}

interface Refusal {
  readonly reason: string;
  readonly message: string;
}

/** What a refused template waits for beside a change of the Runtime: a quota, or a policy, may be mended. */
const REFUSED_AGAIN_MS = 300_000;

/** Brings Runtimes to what they say: their ServiceAccount, Role, RoleBinding, NetworkPolicy, Deployment, and then their status. */
export class RuntimeReconciler {
  readonly #deps: RuntimeReconcilerDeps;
  /** By UID of a Deployment: the generation that our last write led to (see hasDrifted). */
  readonly #goodGenerations = new Map<string, number>();
  /** Runtimes whose number of used slots may be written; others keep theirs, or each Run would cost a write. */
  readonly #usedDue = new Set<string>();

  constructor(deps: RuntimeReconcilerDeps) {
    this.#deps = deps;
  }

  /** Lets the next reconcile of `key` write the number of used slots even if nothing else has changed. */
  allowUsed(key: string): void {
    this.#usedDue.add(key);
  }

  async reconcile(key: string, signal: AbortSignal): Promise<Outcome> {
    const [namespace, name] = key.split('/') as [string, string];
    const runtime = this.#deps.runtimes.cache.get(name, namespace);
    // what belongs to a Runtime that is gone, the garbage collector deletes
    if (!runtime || runtime.metadata.deletionTimestamp) return undefined;
    const refusal = await this.#ensureObjects(runtime, signal);
    await this.#updateStatus(key, runtime, refusal, signal);
    return refusal && { requeueAfter: REFUSED_AGAIN_MS };
  }

  /** Why the server would not have the objects; undefined where all is well. */
  async #ensureObjects(runtime: Runtime, signal: AbortSignal): Promise<Refusal | undefined> {
    const { serviceAccounts, roles, roleBindings, networkPolicies } = this.#deps;
    try {
      const account = desiredServiceAccount(runtime);
      if (account) await keep(serviceAccounts, runtime, account, ['automountServiceAccountToken'], signal);
      else await discard(serviceAccounts, runtime, signal);
      await keep(roles, runtime, desiredRole(runtime), ['rules'], signal);
      await keep(roleBindings, runtime, desiredRoleBinding(runtime), ['subjects'], signal);
      await keep(networkPolicies, runtime, desiredNetworkPolicy(runtime), ['spec'], signal);
      await this.#ensureDeployment(runtime, signal);
      return undefined;
    } catch (error) {
      if (error instanceof NameTakenError) return { reason: 'NameTaken', message: error.message };
      const final = error instanceof ApiError && !isTransient(error) && !isConflict(error) && error.status !== 404;
      if (!final) throw error;
      return { reason: error.reason || 'Refused', message: error.message };
    }
  }

  async #ensureDeployment(runtime: Runtime, signal: AbortSignal): Promise<void> {
    const { deployments, sidecar } = this.#deps;
    const desired = stamped(desiredDeployment(runtime, sidecar));
    const { name = '', namespace = '' } = desired.metadata;
    const before = deployments.cache.get(name, namespace);
    const drifted = (live: Deployment) =>
      hasDrifted(desired, live, { goodGeneration: this.#goodGenerations.get(live.metadata.uid ?? '') });
    // `kubectl rollout restart` works by this annotation, and taking it away would roll everything a second time
    const restarted = before?.spec.template.metadata?.annotations?.[RESTARTED_AT];
    if (restarted) desired.spec.template.metadata!.annotations![RESTARTED_AT] ??= restarted;
    const live = await ensure(deployments, runtime, desired, drifted, signal);
    this.#goodGenerations.set(live.metadata.uid ?? '', live.metadata.generation ?? 0);
  }

  async #updateStatus(key: string, runtime: Runtime, refusal: Refusal | undefined, signal: AbortSignal): Promise<void> {
    const { runtimes, deployments, pods, runs, clock, events } = this.#deps;
    const { namespace = '', name = '' } = runtime.metadata;
    const deployment = deployments.cache.get(runtimeObjectName(name), namespace);
    let used = 0;
    for (const run of runs.by('activeOf', key)) used += requestsOf(run)['runs'] ?? 0;
    const observed = { runtime, deployment, pods: [...pods.by('runtime', key)], used, refusal, now: clock.now() };
    const status = computeStatus(observed);
    const mayCount = this.#usedDue.delete(key);
    if (isSame(runtime.status, status, mayCount)) return;
    const result = await writeStatus({ client: runtimes.client, clock, signal }, runtime, status);
    if (result.object) runtimes.cache.put(result.object);
    if (result.outcome === 'stale' && result.object)
      throw new ApiError(409, { reason: 'Conflict', message: `${name} changed` });
    if (result.outcome === 'refused') throw result.error;
    const [was, is] = [degradedBy(runtime.status), degradedBy(status)];
    if (is && is.reason !== was?.reason) await events.warn(runtime, is.reason, is.message, signal);
  }
}

function degradedBy(status: RuntimeStatus | undefined): Condition | undefined {
  const condition = findCondition(status?.conditions, CONDITIONS.degraded);
  return condition?.status === 'True' ? condition : undefined;
}

const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

function keep<T extends KubeObject>(
  kept: Kept<T>,
  runtime: Runtime,
  desired: T,
  fields: readonly string[],
  signal: AbortSignal,
): Promise<T> {
  const wanted = stamped(desired);
  return ensure(kept, runtime, wanted, live => hasDrifted(wanted, live, { fields }), signal);
}

/** Deletes the ServiceAccount made before the user named one. */
async function discard(kept: Kept<KubeObject>, runtime: Runtime, signal: AbortSignal): Promise<void> {
  const { name = '', namespace = '' } = runtime.metadata;
  const live = kept.cache.get(runtimeObjectName(name), namespace);
  if (!live || live.metadata.deletionTimestamp || !isOwnedBy(live, runtime)) return;
  const preconditions = { uid: live.metadata.uid ?? '' };
  await kept.client.delete(runtimeObjectName(name), namespace, { preconditions, signal });
}

/** Whether `next` says nothing new; the number of used slots counts only where `mayCount`. */
function isSame(old: RuntimeStatus | undefined, next: RuntimeStatus, mayCount: boolean): boolean {
  const used = old?.slots?.used ?? 0;
  const compared = mayCount ? next : { ...next, slots: { total: next.slots?.total ?? 0, used } };
  return canonicalJson(old ?? {}) === canonicalJson(compared);
}
