import type { Clock } from '../../../crds/client/clock.ts';
import type { Clients } from '../../../crds/client/index.ts';
import { listAll, type ResourceClient, type Selection } from '../../../crds/client/resource-client.ts';
import type { KubeObject } from '../../../crds/v1alpha1/meta.ts';
import { isTerminal } from '../../../crds/v1alpha1/run.ts';
import { usageError } from '../../errors.ts';
import { parseTargets, type Targets } from '../../targets.ts';
import { exitCodeOf } from '../run-outcome.ts';
import { type WaitTarget, waitFor } from './wait-for.ts';
import type { WaitGoal } from './wait-goal.ts';

/** What to wait for: objects of one kind, by name or selected. */
export interface WaitTargets extends Targets {
  /** All of the namespace that it selects; undefined: those with the names. */
  readonly selection: Selection | undefined;
  readonly goal: WaitGoal;
}

/** What flags select: nothing, or all that they select. */
export interface WaitFlags {
  readonly selector?: string | undefined;
  readonly 'field-selector'?: string | undefined;
  readonly all?: boolean;
}

/** What waiting needs. */
export interface WaitTargetsDeps {
  readonly clients: Pick<Clients, 'runs' | 'runtimes'>;
  readonly namespace: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly timeoutMs: number | undefined;
  /** Told of the names that are waited for, once they are known. */
  readonly onResolved?: ((names: readonly string[]) => void) | undefined;
  /** Told of each object that is as it is waited for; `kind` is such as `run.kruntimes.io`. */
  readonly onMet: (kind: string, name: string, object: KubeObject | undefined) => Promise<void>;
}

/** Reads words such as `hello`, `run/hello` and `runtime bash`; throws a usage error where that can't be waited for. */
export function parseWaitTargets(words: readonly string[], flags: WaitFlags, goal: WaitGoal): WaitTargets {
  const { kind, names } = parseTargets(words);
  const { selector: labelSelector, 'field-selector': fieldSelector, all } = flags;
  const selects = all || labelSelector !== undefined || fieldSelector !== undefined;
  if (names.length > 0 && selects)
    throw usageError('names and a selection do not go together', 'leave one of them out');
  if (names.length === 0 && !selects) {
    throw usageError('nothing is named', 'name a Run, or select some with -l, --field-selector or --all');
  }
  if (selects && goal.kind === 'create') throw usageError('--for=create needs names');
  if (kind === 'runtime' && goal.kind === 'terminal') {
    throw usageError('a Runtime does not end', 'wait for something else: --for=condition=Available');
  }
  return { kind, names: [...new Set(names)], selection: selects ? { labelSelector, fieldSelector } : undefined, goal };
}

/**
 * Waits for Runs or Runtimes. Gives the exit code: where the end of Runs is waited for, that of the first which did
 * not succeed.
 */
export async function waitForTargets(targets: WaitTargets, deps: WaitTargetsDeps): Promise<number> {
  const { goal } = targets;
  const { clients, clock, signal, timeoutMs, onMet } = deps;
  const kind = `${targets.kind}.kruntimes.io`;
  const tell = (found: readonly { readonly name: string }[]) => deps.onResolved?.(found.map(({ name }) => name));
  const common = { clock, signal, kind, timeoutMs, onMet: onMet.bind(undefined, kind) };
  if (targets.kind === 'runtime') {
    const found = await resolve(clients.runtimes, targets, deps);
    tell(found);
    await waitFor(found, goal, { ...common, client: clients.runtimes });
    return 0;
  }
  const found = await resolve(clients.runs, targets, deps);
  tell(found);
  const ended = await waitFor(found, goal, { ...common, client: clients.runs, isOver: isTerminal });
  if (goal.kind !== 'terminal') return 0;
  return ended.map(run => exitCodeOf(run!)).find(code => code !== 0) ?? 0;
}

async function resolve<T extends KubeObject>(
  client: ResourceClient<T>,
  { names, selection, goal }: WaitTargets,
  { namespace, signal }: WaitTargetsDeps,
): Promise<WaitTarget<T>[]> {
  if (selection === undefined) return names.map(name => ({ name, namespace }));
  const { items } = await listAll(client, namespace, { ...selection, signal });
  if (items.length === 0 && goal.kind !== 'delete') {
    const by = [selection.labelSelector, selection.fieldSelector].filter(Boolean).join(', ');
    const what = by
      ? `nothing in namespace ${namespace} is selected by "${by}"`
      : `there is nothing in namespace ${namespace}`;
    throw usageError(what, undefined, 'NotFound');
  }
  return items.map(found => ({ name: found.metadata.name!, namespace, found }));
}
