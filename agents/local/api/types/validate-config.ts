import { isDeepStrictEqual } from 'node:util';
import { type FieldError, forbiddenField, invalidValue, requiredValue } from '../field-error.ts';
import { type ApiObject, isObject } from '../object.ts';
import type { ResourceType } from './resource-type.ts';

type Validate = ResourceType['validate'];

const KEY_TEXT =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
const LONGEST_KEY = 253;

const keysOf = (value: unknown) => (isObject(value) ? Object.keys(value) : []);

function keyProblems(key: string): string[] {
  if (key.length > LONGEST_KEY) return [`must be no more than ${LONGEST_KEY} characters`];
  if (!/^[-._a-zA-Z0-9]+$/.test(key)) return [KEY_TEXT];
  if (key === '.' || key === '..') return [`must not be '${key}'`];
  return key.startsWith('..') ? ["must not start with '..'"] : [];
}

function validateKeys(object: ApiObject, field: string): FieldError[] {
  return keysOf(object[field]).flatMap(key =>
    keyProblems(key).map(problem => invalidValue(`${field}[${key}]`, key, problem)),
  );
}

function validateImmutable(object: ApiObject, old: ApiObject | undefined, fields: readonly string[]): FieldError[] {
  if (!old?.['immutable']) return [];
  return ['immutable', ...fields]
    .filter(field => !isDeepStrictEqual(object[field], old[field]))
    .map(field => forbiddenField(field, 'field is immutable when `immutable` is set'));
}

/** ConfigMaps: keys that can be file names, and what is immutable. */
export const validateConfigMap: Validate = (object, old) => {
  const binary = new Set(keysOf(object['binaryData']));
  const twice = keysOf(object['data']).filter(key => binary.has(key));
  return [
    ...validateImmutable(object, old, ['data', 'binaryData']),
    ...validateKeys(object, 'data'),
    ...twice.map(key => invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData')),
    ...validateKeys(object, 'binaryData'),
  ];
};

/** Keys that Secrets of some types must have. */
const NEEDED: Record<string, readonly string[]> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
};

/** Secrets: keys, those that the type needs, and what is immutable. */
export const validateSecret: Validate = (object, old) => {
  const type = String(object['type']);
  const keys = keysOf(object['data']);
  const missing = (NEEDED[type] ?? []).filter(key => !keys.includes(key));
  return [
    ...(old && old['type'] !== type ? [invalidValue('type', type, 'field is immutable')] : []),
    ...validateImmutable(object, old, ['data']),
    ...validateKeys(object, 'data'),
    ...missing.map(key => requiredValue(`data[${key}]`)),
  ];
};
