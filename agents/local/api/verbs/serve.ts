import type { ApiObject } from '../object.ts';
import type { Stored } from '../store/stored.ts';
import { groupVersion, type ResourceType } from '../types/resource-type.ts';
import type { Answer } from './context.ts';

/** A stored object as `type` serves it: of its version. */
export function servedObject(type: ResourceType, object: ApiObject): ApiObject {
  const apiVersion = groupVersion(type);
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}

/** JSON of a stored object as `type` serves it. */
export function servedJson(type: ResourceType, stored: Stored): string {
  const object = servedObject(type, stored.object);
  return object === stored.object ? stored.json : JSON.stringify(object);
}

/** The same as an item of a list: those of built-in types do not say what they are. */
export function itemJson(type: ResourceType, stored: Stored): string {
  const json = servedJson(type, stored);
  if (type.isCustom) return json;
  const head = `{"apiVersion":"${groupVersion(type)}","kind":"${type.kind}",`;
  if (json.startsWith(head)) return `{${json.slice(head.length)}`;
  const { apiVersion: _version, kind: _kind, ...item } = servedObject(type, stored.object);
  return JSON.stringify(item);
}

/** The answer with one object. */
export function answerOf(type: ResourceType, object: ApiObject, code = 200, warnings: readonly string[] = []): Answer {
  return { code, body: servedObject(type, object), warnings };
}
