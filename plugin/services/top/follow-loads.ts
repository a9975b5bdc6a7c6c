import type { Clock } from '../../../crds/client/clock.ts';
import type { Clients } from '../../../crds/client/index.ts';
import { listAll, type ResourceClient, type Selection } from '../../../crds/client/resource-client.ts';
import type { KubeObject } from '../../../crds/v1alpha1/meta.ts';
import { whereToLook } from '../../api-advice.ts';
import { usageError } from '../../errors.ts';
import { type Change, watchObjects } from '../objects/watch.ts';
import type { LoadBoard } from './load-board.ts';

/** Which Runtimes to look at, and how. */
export interface LoadDeps {
  readonly clients: Pick<Clients, 'runs' | 'runtimes'>;
  /** undefined: all namespaces. */
  readonly namespace: string | undefined;
  /** A single Runtime; undefined: all. */
  readonly name: string | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Lets `board` take what there is now. */
export async function fetchLoads(board: LoadBoard, deps: LoadDeps): Promise<void> {
  const { clients, namespace, signal } = deps;
  const { ofRuntimes, ofRuns } = selectionsOf(deps);
  const [runtimes, runs] = await Promise.all([
    listAll(clients.runtimes, namespace, { ...ofRuntimes, signal }),
    listAll(clients.runs, namespace, { ...ofRuns, signal }),
  ]);
  checkFound(runtimes.items, deps);
  board.takeRuntimes({ objects: runtimes.items, gone: false });
  board.takeRuns({ objects: runs.items, gone: false });
}

/** What following tells. */
export interface FollowHooks {
  /** All that there is has been taken once. */
  readonly onReady: () => void;
  /** The API server can't be reached; it is tried again. */
  readonly onTrouble: (error: unknown) => void;
}

/** Lets `board` take what there is and every change, until the signal aborts, whose reason is thrown. */
export async function followLoads(
  board: LoadBoard,
  deps: LoadDeps,
  { onReady, onTrouble }: FollowHooks,
): Promise<void> {
  const { clients, namespace, clock, signal } = deps;
  const { ofRuntimes, ofRuns } = selectionsOf(deps);
  let open = 2;
  async function follow<T extends KubeObject>(
    client: ResourceClient<T>,
    selection: Selection,
    take: (change: Change<T>) => void,
  ): Promise<void> {
    let isFirst = true;
    for await (const change of watchObjects(client, { namespace, ...selection, clock, signal, onTrouble })) {
      take(change);
      if (isFirst && --open === 0) onReady();
      isFirst = false;
    }
  }
  await Promise.all([
    follow(clients.runtimes, ofRuntimes, change => {
      if (open > 0) checkFound(change.objects, deps);
      board.takeRuntimes(change);
    }),
    follow(clients.runs, ofRuns, change => board.takeRuns(change)),
  ]);
}

/** Runs that ended are looked at too: when they did gives the rates. */
function selectionsOf({ name }: LoadDeps): { ofRuntimes: Selection; ofRuns: Selection } {
  if (name === undefined) return { ofRuntimes: {}, ofRuns: {} };
  return { ofRuntimes: { fieldSelector: `metadata.name=${name}` }, ofRuns: { fieldSelector: `spec.runtime=${name}` } };
}

function checkFound(runtimes: readonly KubeObject[], { name }: LoadDeps): void {
  if (name !== undefined && runtimes.length === 0) {
    const plural = 'runtimes.kruntimes.io';
    throw usageError(`${plural} "${name}" not found`, whereToLook(plural), 'NotFound');
  }
}
