import type { ApiObject } from '../object.ts';
import type { Stored } from '../store/stored.ts';
import { groupVersion, type ResourceType } from '../types/resource-type.ts';
import type { Answer } from './context.ts';

/** A stored object as `type` serves it: of its version, converted where the stored form is another type's. */
export function servedObject(type: ResourceType, object: ApiObject): ApiObject {
  if (type.fromStored) return type.fromStored(object);
  const apiVersion = groupVersion(type);
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}

/** JSON of a stored object as `type` serves it. */
export function servedJson(type: ResourceType, stored: Stored): string {
  const object = servedObject(type, stored.object);
  return object === stored.object ? stored.json : JSON.stringify(object);
}

/** The answer with one object. */
export function answerOf(type: ResourceType, object: ApiObject, code = 200, warnings: readonly string[] = []): Answer {
  return { code, body: servedObject(type, object), warnings };
}

/** The answer with one object whose JSON is at hand. */
export function answerStored(type: ResourceType, stored: Stored): Answer {
  return { code: 200, body: servedObject(type, stored.object), json: servedJson(type, stored) };
}
