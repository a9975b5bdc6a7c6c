import type { Deployment } from '../../../crds/client/resources.ts';
import { TEMPLATE_HASH, templateHash } from './template.ts';

/** What brings a Deployment's ReplicaSets nearer to it. */
export interface RolloutPlan {
  /** There is no ReplicaSet of the present template yet. */
  readonly create: boolean;
  readonly scale: readonly { readonly set: Deployment; readonly replicas: number }[];
  /** Empty ones beyond the revision history. */
  readonly remove: readonly Deployment[];
}

const DEFAULT_HISTORY = 10;

/** One step of a rolling update, with the arithmetic of Kubernetes' Deployment controller. */
export function planRollout(deployment: Deployment, sets: readonly Deployment[]): RolloutPlan {
  const { replicas: wanted = 1, revisionHistoryLimit = DEFAULT_HISTORY } = deployment.spec;
  const { current, old } = splitSets(deployment, sets);
  if (!current) return { create: true, scale: [], remove: [] };
  const { surge, unavailable } = updateBounds(deployment);
  const scale: { set: Deployment; replicas: number }[] = [];
  const present = sum(sets, sizeOf);

  const size = sizeOf(current);
  const room = Math.max(0, wanted + surge - present);
  const next = size > wanted || old.every(set => sizeOf(set) === 0) ? wanted : Math.min(wanted, size + room);
  if (next !== size) scale.push({ set: current, replicas: next });

  let spare = present - (wanted - unavailable) - Math.max(0, size - availableOf(current));
  let available = sum(sets, availableOf) - (wanted - unavailable);
  for (const set of old) {
    const dead = Math.min(Math.max(0, sizeOf(set) - availableOf(set)), Math.max(0, spare));
    const live = Math.min(sizeOf(set) - dead, Math.max(0, available), Math.max(0, spare - dead));
    if (dead + live === 0) continue;
    scale.push({ set, replicas: sizeOf(set) - dead - live });
    spare -= dead + live;
    available -= live;
  }
  const empty = old.filter(
    set => sizeOf(set) === 0 && (set.status?.replicas ?? 0) === 0 && !set.metadata.deletionTimestamp,
  );
  const surplus = empty.length - Number(revisionHistoryLimit);
  return { create: false, scale, remove: surplus > 0 ? empty.slice(0, surplus) : [] };
}

/** The ReplicaSet of the Deployment's present template, and the others, oldest first. */
export function splitSets(deployment: Deployment, sets: readonly Deployment[]) {
  const hash = templateHash(deployment.spec.template);
  const current = sets.find(set => set.metadata.labels?.[TEMPLATE_HASH] === hash);
  const old = sets.filter(set => set !== current).sort((a, b) => ageOf(a).localeCompare(ageOf(b)));
  return { current, old };
}

/** Pods above and below the wanted number that an update may have; percentages round up and down, never both to 0. */
export function updateBounds({ spec }: Deployment): { surge: number; unavailable: number } {
  const { replicas: wanted = 1, strategy } = spec;
  const { rollingUpdate = {} } = (strategy ?? {}) as {
    rollingUpdate?: { maxSurge?: number | string; maxUnavailable?: number | string };
  };
  const { maxSurge = '25%', maxUnavailable = '25%' } = rollingUpdate;
  const part = (value: number | string, round: (n: number) => number) =>
    typeof value === 'number' ? value : round((Number.parseInt(value, 10) * wanted) / 100);
  const surge = part(maxSurge, Math.ceil);
  const unavailable = part(maxUnavailable, Math.floor);
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}

const sizeOf = ({ spec }: Deployment) => spec.replicas ?? 1;
const availableOf = ({ status }: Deployment) => status?.availableReplicas ?? 0;
const ageOf = ({ metadata }: Deployment) => `${metadata.creationTimestamp} ${metadata.name}`;
const sum = (sets: readonly Deployment[], of: (set: Deployment) => number) =>
  sets.reduce((all, set) => all + of(set), 0);
