import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { isConflict } from '../../crds/client/api-error.ts';
import type { Clock } from '../../crds/client/clock.ts';
import type { Clients } from '../../crds/client/index.ts';
import type { ResourceClient } from '../../crds/client/resource-client.ts';
import type { KubeObject } from '../../crds/v1alpha1/meta.ts';
import { LABEL_CLEANER, LABEL_RUNTIME } from '../../crds/v1alpha1/names.ts';
import { isTerminal, phaseOf, type Run } from '../../crds/v1alpha1/run.ts';
import { Alarms } from '../lib/alarms.ts';
import { countWatchRestarts } from '../lib/common-metrics.ts';
import { type Change, type InformerOptions, startInformer } from '../lib/informer.ts';
import { type KeyLoopOptions, makeKeyLoop } from '../lib/key-loop.ts';
import { leavingKey } from './cleaners.ts';
import { cleanedBy } from './desired-cleaner.ts';
import { makeEventWriter } from './events.ts';
import { HeldRuns, isLeaving } from './held-runs.ts';
import { assignmentOf } from './lost-run.ts';
import { makeMetrics } from './metrics.ts';
import { NotReadyTimes, notReadySince } from './not-ready.ts';
import { deletionDue, reconcileEndedRun } from './run-gc.ts';
import { RuntimeReconciler } from './runtime-reconciler.ts';
import type { SidecarOptions } from './sidecar.ts';
import { slimPod, slimRun } from './slim.ts';
import { reconcileSpentPod, takesOneRun } from './spent-pods.ts';
import { reconcileStaleRun } from './stale-runs.ts';
import { reconcileStuckPod } from './stuck-pods.ts';

export interface ControllerOptions {
  /** The runtimed sidecar. */
  sidecar: SidecarOptions;
  /** How long a Pod that holds Runs may be not ready, in milliseconds; default 300,000. */
  lostAfterMs?: number;
  /** Least time between two writes of a Runtime's used slots, in milliseconds; default 5,000. */
  usedIntervalMs?: number;
}

export interface ControllerDeps {
  clients: Clients;
  clock: Clock;
  log: Logger;
  registry: Registry;
  /** Ends it. */
  signal: AbortSignal;
  /** undefined: all namespaces. */
  namespace?: string | undefined;
  options: ControllerOptions;
  random?: () => number;
}

/** Starts a controller; resolves when its caches are whole and it works, rejects when the signal aborts before. */
export async function startController(deps: ControllerDeps): Promise<void> {
  const { clients, clock, log, signal, options, random = Math.random } = deps;
  const metrics = makeMetrics(deps.registry);
  const caches = startCaches(deps, countWatchRestarts(deps.registry));
  const { runs, runtimes, pods, deployments, serviceAccounts, roles, roleBindings, networkPolicies } = caches;
  const events = makeEventWriter({ client: clients.events, clock, log, component: 'krt-controller' });
  const reconciler = new RuntimeReconciler({
    runtimes,
    deployments,
    serviceAccounts,
    roles,
    roleBindings,
    networkPolicies,
    pods: pods.cache,
    runs: runs.cache,
    clock,
    log,
    events,
    sidecar: options.sidecar,
  });
  const loop = (name: string, reconcile: KeyLoopOptions['reconcile']) => {
    metrics.failures.inc({ loop: name }, 0);
    const onError = (_key: string, error: unknown) => {
      if (!isConflict(error)) metrics.failures.inc({ loop: name });
    };
    return makeKeyLoop({ name, clock, log, signal, random, reconcile, onError });
  };
  const runtimeLoop = loop('runtimes', (key, stop) => reconciler.reconcile(key, stop));
  const staleDeps = { runs, pods, clock, log, events, metrics, random };
  const staleLoop = loop('stale-runs', (key, stop) => reconcileStaleRun(staleDeps, key, stop));
  const lostAfterMs = options.lostAfterMs ?? 300_000;
  const notReady = new NotReadyTimes(clock);
  const stuckDeps = { client: clients.pods, pods: pods.cache, runs: runs.cache, notReady, log, metrics, lostAfterMs };
  const stuckLoop = loop('stuck-pods', (key, stop) => reconcileStuckPod(stuckDeps, key, stop));
  const left = new Set<string>();
  const spentDeps = { client: clients.pods, pods: pods.cache, runs: runs.cache, left, notReady, log, metrics };
  const spentLoop = loop('spent-pods', (key, stop) => reconcileSpentPod(spentDeps, key, stop));
  const gcDeps = { client: clients.runs, runs: runs.cache, clock, metrics };
  const gcLoop = loop('run-gc', (key, stop) => reconcileEndedRun(gcDeps, key, stop));
  const { cleaners } = caches;
  const heldDeps = { runs, runtimes: runtimes.cache, pods: pods.cache, cleaners, sidecar: options.sidecar };
  const held = new HeldRuns({ ...heldDeps, clock, log, events, metrics });
  const heldLoop = loop('held-runs', (key, stop) => held.reconcile(key, stop));

  // a Run costs its Runtime no write of its own: what is used is told from time to time, and not at all when it is
  // back to what was told before
  const usedAlarms = new Alarms({
    clock,
    signal,
    onDue: key => {
      usedPending.delete(key);
      reconciler.allowUsed(key);
      runtimeLoop.add(key);
    },
  });
  const usedPending = new Set<string>();
  const onUsed = (key: string) => {
    if (usedPending.has(key)) return;
    usedPending.add(key);
    usedAlarms.set(key, clock.monotonic() + (options.usedIntervalMs ?? 5_000));
  };

  runtimes.cache.on(({ type, object }) => {
    if (type === 'added') reconciler.allowUsed(keyOf(object)); // what an earlier controller told may be outdated
    runtimeLoop.add(keyOf(object));
  });
  for (const { cache } of [deployments, serviceAccounts, roles, roleBindings, networkPolicies]) {
    cache.on(({ object }) => runtimeLoop.add(runtimeKeyOf(object)));
  }
  pods.cache.on(({ type, object }) => {
    if (type === 'deleted') notReady.forget(object);
    else notReady.see(object, !pods.cache.hasSynced());
    runtimeLoop.add(runtimeKeyOf(object));
    for (const run of runs.cache.by('assignedTo', object.metadata.uid ?? '')) staleLoop.add(keyOf(run));
    if (type === 'deleted') left.delete(object.metadata.uid ?? '');
    if (notReadySince(object) === undefined) return;
    stuckLoop.add(keyOf(object));
    if (takesOneRun(object)) spentLoop.add(keyOf(object));
  });
  cleaners.cache.on(({ object }) => {
    const { namespace, ownerReferences = [] } = object.metadata;
    for (const { name } of ownerReferences) heldLoop.add(`${namespace}/${name}`);
  });
  runs.cache.on(change => {
    const { object } = change;
    // what the first list holds ended before, and was counted by whoever led then
    if (runs.cache.hasSynced() && hasEnded(change)) {
      metrics.ended.inc({ phase: phaseOf(object), reason: object.status?.reason ?? '' });
    }
    const assigned = newAssignment(change);
    const lost = lostAssignment(change);
    if (assigned || lost) onUsed(`${object.metadata.namespace}/${object.spec.runtime}`);
    if (lost) {
      const pod = pods.cache.get(lost.pod, object.metadata.namespace ?? '');
      if (pod && takesOneRun(pod) && pod.metadata.uid === lost.uid) {
        left.add(lost.uid);
        spentLoop.add(keyOf(pod));
      }
    }
    if (assigned) {
      const pod = pods.cache.get(assigned.pod, object.metadata.namespace ?? '');
      if (!pod || pod.metadata.uid !== assigned.uid) staleLoop.addAfter(keyOf(object), CACHE_LAG_MS);
      else if (notReadySince(pod) !== undefined) stuckLoop.add(keyOf(pod));
    }
    if (change.type === 'deleted') held.forget(object);
    else if (isLeaving(object)) heldLoop.add(keyOf(object));
    const due = change.type === 'deleted' ? undefined : deletionDue(object);
    if (due !== undefined) gcLoop.addAfter(keyOf(object), Math.max(0, due - clock.now()));
  });

  await Promise.all(Object.values(caches).map(({ cache }) => cache.synced));
  for (const { start } of [runtimeLoop, staleLoop, stuckLoop, spentLoop, gcLoop, heldLoop]) start();
  for (const run of runs.cache.values()) if (assignmentOf(run)) staleLoop.add(keyOf(run));
  log.info({ runtimes: runtimes.cache.size, pods: pods.cache.size, runs: runs.cache.size }, 'controlling');
}

/** A Run may be assigned to a Pod that the Pods' own watch has not told yet. */
const CACHE_LAG_MS = 2_000;

function startCaches({ clients, clock, signal, namespace, log }: ControllerDeps, retries: { inc(): void }) {
  const onRetry = (error: unknown, delayMs: number) => {
    retries.inc();
    log.warn({ err: error, delayMs }, 'a watch failed');
  };
  const follow = <T extends KubeObject>(client: ResourceClient<T>, options: Partial<InformerOptions<T>> = {}) => ({
    client,
    cache: startInformer<T>({ client, clock, signal, namespace, onRetry, ...options }),
  });
  const ours = { labelSelector: LABEL_RUNTIME };
  return {
    runtimes: follow(clients.runtimes),
    deployments: follow(clients.deployments, ours),
    serviceAccounts: follow(clients.serviceAccounts, ours),
    roles: follow(clients.roles, ours),
    roleBindings: follow(clients.roleBindings, ours),
    networkPolicies: follow(clients.networkPolicies, ours),
    pods: follow(clients.pods, {
      ...ours,
      transform: slimPod,
      indexes: { runtime: pod => [runtimeKeyOf(pod)] },
    }),
    cleaners: follow(clients.pods, {
      labelSelector: LABEL_CLEANER,
      indexes: { cleans: pod => [...cleanedBy(pod)] },
    }),
    runs: follow(clients.runs, {
      transform: slimRun,
      indexes: {
        activeOf: run => (assignmentOf(run) ? [`${run.metadata.namespace}/${run.spec.runtime}`] : []),
        assignedTo: run => [assignmentOf(run)?.uid ?? []].flat(),
        leaving: run => (isLeaving(run) ? [leavingKey(run, run.status?.artifactStore) ?? []].flat() : []),
      },
    }),
  };
}

/** The Pod that a change has assigned a Run to. */
function newAssignment({ type, object, previous }: Change<Run>): { pod: string; uid: string } | undefined {
  const assigned = type === 'deleted' ? undefined : assignmentOf(object);
  return assigned && assigned.uid !== (previous && assignmentOf(previous)?.uid) ? assigned : undefined;
}

function hasEnded({ type, object, previous }: Change<Run>): boolean {
  return type !== 'deleted' && isTerminal(object) && !(previous && isTerminal(previous));
}

/** The Pod that a change has taken a Run from. */
function lostAssignment({ type, object, previous }: Change<Run>): { pod: string; uid: string } | undefined {
  if (type === 'deleted') return assignmentOf(object);
  const before = previous && assignmentOf(previous);
  return before && before.uid !== assignmentOf(object)?.uid ? before : undefined;
}

const keyOf = ({ metadata }: KubeObject) => `${metadata.namespace}/${metadata.name}`;
const runtimeKeyOf = ({ metadata }: KubeObject) => `${metadata.namespace}/${metadata.labels?.[LABEL_RUNTIME] ?? ''}`;
