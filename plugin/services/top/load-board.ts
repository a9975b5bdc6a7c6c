import { findCondition } from '../../../crds/v1alpha1/conditions.ts';
import type { KubeObject } from '../../../crds/v1alpha1/meta.ts';
import { CONDITIONS } from '../../../crds/v1alpha1/names.ts';
import { isTerminal, phaseOf, type Run, requestsOf } from '../../../crds/v1alpha1/run.ts';
import type { Runtime } from '../../../crds/v1alpha1/runtime.ts';
import type { Change } from '../objects/watch.ts';

/** What a Runtime has to do. */
export interface Load {
  readonly namespace: string;
  readonly name: string;
  /** undefined: there is no such Runtime, and Runs wait for it. */
  readonly pods: { readonly ready: number; readonly wanted: number } | undefined;
  readonly slots: { readonly used: number; readonly total: number };
  /** Runs that no Pod has taken. */
  readonly waiting: number;
  readonly longestWaitMs: number | undefined;
  /** Runs that ended in the window, and those of them that did not succeed. */
  readonly ended: number;
  readonly failed: number;
  /** From the creation of a Run to its end, of those. */
  readonly medianMs: number | undefined;
}

interface Active {
  readonly runtime: string;
  readonly slots: number;
  /** Since when it waits; undefined: it has a Pod. */
  readonly waitsSince: number | undefined;
}

interface Ended {
  readonly runtime: string;
  readonly at: number;
  readonly ms: number;
  readonly failed: boolean;
}

/** Keeps what is told of Runtimes and Runs, as little of it as the loads need. */
export class LoadBoard {
  readonly #windowMs: number;
  readonly #runtimes = new Map<string, Runtime>();
  readonly #active = new Map<string, Active>();
  /** Also of Runs that were deleted since. */
  readonly #ended = new Map<string, Ended>();

  /** Rates are of the last `windowMs`. */
  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  takeRuntimes({ objects, gone }: Change<Runtime>): void {
    for (const runtime of objects) {
      if (gone) this.#runtimes.delete(keyOf(runtime));
      else this.#runtimes.set(keyOf(runtime), runtime);
    }
  }

  takeRuns({ objects, gone }: Change<Run>): void {
    for (const run of objects) {
      const { uid = '', namespace = '' } = run.metadata;
      const runtime = `${namespace}/${run.spec.runtime}`;
      if (gone || isTerminal(run)) this.#active.delete(uid);
      else this.#active.set(uid, { runtime, slots: requestsOf(run)['runs'] ?? 1, waitsSince: waitsSince(run) });
      if (isTerminal(run)) this.#ended.set(uid, { runtime, ...endOf(run) });
    }
  }

  /** The loads at `now`, by namespace and name: of all Runtimes, and of those that are missing where Runs wait for them. */
  loads(now: number): Load[] {
    const from = now - this.#windowMs;
    for (const [uid, { at }] of this.#ended) if (at < from) this.#ended.delete(uid);
    const active = Map.groupBy(this.#active.values(), ({ runtime }) => runtime);
    const ended = Map.groupBy(this.#ended.values(), ({ runtime }) => runtime);
    const keys = [...new Set([...this.#runtimes.keys(), ...active.keys()])].sort();
    return keys.map(key => this.#load(key, active.get(key) ?? [], ended.get(key) ?? [], now));
  }

  #load(key: string, active: readonly Active[], ended: readonly Ended[], now: number): Load {
    const { spec, status } = this.#runtimes.get(key) ?? {};
    const [namespace = '', name = ''] = key.split('/');
    const waits = active.flatMap(({ waitsSince: since }) => (since === undefined ? [] : [now - since]));
    const held = active.filter(({ waitsSince: since }) => since === undefined);
    return {
      namespace,
      name,
      pods: spec && { ready: status?.readyReplicas ?? 0, wanted: spec.replicas ?? 1 },
      slots: { used: held.reduce((sum, { slots }) => sum + slots, 0), total: status?.slots?.total ?? 0 },
      waiting: waits.length,
      longestWaitMs: waits.length > 0 ? Math.max(0, ...waits) : undefined,
      ended: ended.length,
      failed: ended.filter(({ failed }) => failed).length,
      medianMs: median(ended.map(({ ms }) => ms)),
    };
  }
}

function waitsSince(run: Run): number | undefined {
  if (phaseOf(run) !== 'Pending') return undefined;
  const created = Date.parse(run.metadata.creationTimestamp ?? '');
  if (!run.status?.attempt) return created;
  // it waits for another attempt: not since it was made
  return Date.parse(findCondition(run.status.conditions, CONDITIONS.scheduled)?.lastTransitionTime ?? '') || created;
}

function endOf(run: Run): Omit<Ended, 'runtime'> {
  const at = Date.parse(run.status?.completionTime ?? '') || 0;
  // creation is told in seconds: of a Run that took less, the attempt tells more
  const from = run.status?.scheduledTime ?? run.metadata.creationTimestamp ?? '';
  return { at, ms: Math.max(0, at - Date.parse(from)), failed: phaseOf(run) !== 'Succeeded' };
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

const keyOf = ({ metadata: { namespace, name } }: KubeObject) => `${namespace}/${name}`;
