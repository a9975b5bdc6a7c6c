import { invalidValue } from '../field-error.ts';
import { parseBody, unrecognized } from '../http/body.ts';
import { type ApiObject, isObject, type JsonObject, setAt, valueAt } from '../object.ts';
import { readPatch } from '../patch/apply-patch.ts';
import { badRequest, invalid, modified } from '../status-error.ts';
import type { Stored } from '../store/stored.ts';
import { builtinSchema } from '../types/builtin-schemas.ts';
import { kindName, type ResourceType, resourceName, type ScalePaths } from '../types/resource-type.ts';
import type { Answer, ApiContext } from './context.ts';
import type { WriteOptions } from './options.ts';
import { checkIdentity, mustGet, writeObject } from './update.ts';

const SCALE = builtinSchema('io.k8s.api.autoscaling.v1.Scale');

/** The autoscaling/v1 Scale of an object. */
export function getScale(context: ApiContext, type: ResourceType, at: { namespace: string; name: string }): Answer {
  const { object } = mustGet(context, type, at.namespace, at.name);
  return { code: 200, body: scaleOf(object, type.scale!) };
}

/** Sets the replicas of an object through its Scale: a whole one, or (with `isPatch`) a patch of it. */
export function writeScale(
  context: ApiContext,
  type: ResourceType,
  at: { namespace: string; name: string; isPatch: boolean },
  text: string,
  contentType: string | undefined,
  options: WriteOptions,
): Answer {
  const existing = mustGet(context, type, at.namespace, at.name);
  const scale = at.isPatch
    ? readPatch(text, contentType, { schema: SCALE }).apply(
        scaleOf(existing.object, type.scale!) as unknown as ApiObject,
      )
    : parseBody(text, contentType, unrecognized('Scale', text)).value;
  if (!isObject(scale)) throw badRequest('the object provided is unrecognized (must be of type Scale)');
  scale['metadata'] ??= {};
  checkIdentity(scale as unknown as ApiObject, at);
  const written = setReplicas(context, type, existing, scale as unknown as ApiObject, options);
  return { code: 200, body: scaleOf(written, type.scale!) };
}

function setReplicas(
  context: ApiContext,
  type: ResourceType,
  existing: Stored,
  scale: ApiObject,
  options: WriteOptions,
) {
  const { resourceVersion } = scale.metadata;
  if (resourceVersion && resourceVersion !== existing.object.metadata.resourceVersion)
    throw modified(resourceName(type), existing.name);
  const replicas = valueAt(scale, ['spec', 'replicas']) ?? 0;
  if (!Number.isInteger(replicas))
    throw badRequest(
      `Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal ${typeof replicas} into Go struct field ScaleSpec.spec.replicas of type int32`,
    );
  if ((replicas as number) < 0) {
    const error = invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0');
    throw invalid(type.isCustom ? kindName(type) : { group: 'autoscaling', name: 'Scale' }, existing.name, [error]);
  }
  const next = structuredClone(existing.object);
  setAt(next as JsonObject, type.scale!.specReplicas, replicas);
  return writeObject(context, type, existing, next, 'main', options);
}

function scaleOf(object: ApiObject, paths: ScalePaths): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const replicas = valueAt(object, paths.specReplicas);
  const selector = paths.selector ? valueAt(object, paths.selector) : selectorText(object);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    // zero is left out, as Go leaves it out
    spec: replicas ? { replicas } : {},
    status: { replicas: valueAt(object, paths.statusReplicas) ?? 0, ...(selector ? { selector } : {}) },
  };
}

function selectorText(object: ApiObject): string {
  const labels = valueAt(object, ['spec', 'selector', 'matchLabels']);
  return isObject(labels)
    ? Object.entries(labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(',')
    : '';
}
