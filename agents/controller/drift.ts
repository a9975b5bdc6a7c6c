import { createHash } from 'node:crypto';
import type { KubeObject } from '../../crds/v1alpha1/meta.ts';
import { canonicalJson } from '../lib/canonical-json.ts';

/** On what the controller writes: a hash of what it wanted, so that only a new wish leads to a write. */
export const ANNOTATION_SPEC_HASH = 'kruntimes.io/spec-hash';

/** A short hash of `value`, the same whatever the order of its keys. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 16);
}

/** `desired` with the annotation that `hasDrifted` reads. */
export function stamped<T extends KubeObject>(desired: T): T {
  const { annotations, ...metadata } = desired.metadata;
  const hash = hashOf({ ...desired, metadata: { ...metadata, annotations } });
  return {
    ...desired,
    metadata: { ...desired.metadata, annotations: { ...annotations, [ANNOTATION_SPEC_HASH]: hash } },
  };
}

/**
 * Whether `live` needs a write to be as `desired` (stamped) again. Comparing specs field by field would never end: the
 * server fills in defaults and rewrites quantities ("1000m" is stored as "1"). So two cheap facts stand for it:
 * the stamp tells whether the wish is the one last written, and `goodGeneration`, the generation that our last write
 * led to, whether another hand has changed the spec since; undefined (not known, after a restart) costs one write,
 * which the server takes as no change. Kinds without a generation are compared in `fields`, which must be some that
 * the server stores as they are sent.
 */
export function hasDrifted(
  desired: KubeObject,
  live: KubeObject,
  known: { readonly goodGeneration?: number | undefined; readonly fields?: readonly string[] },
): boolean {
  if (live.metadata.annotations?.[ANNOTATION_SPEC_HASH] !== desired.metadata.annotations?.[ANNOTATION_SPEC_HASH]) {
    return true;
  }
  if (known.fields)
    return known.fields.some(field => canonicalJson(pick(desired, field)) !== canonicalJson(pick(live, field)));
  return live.metadata.generation !== known.goodGeneration;
}

const pick = (object: KubeObject, field: string) => (object as unknown as Record<string, unknown>)[field];
