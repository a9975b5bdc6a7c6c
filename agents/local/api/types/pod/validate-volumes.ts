import {
  duplicateValue,
  type FieldError,
  forbiddenField,
  invalidValue,
  requiredValue,
  unsupportedValue,
} from '../../field-error.ts';
import { nameProblems } from '../../metadata.ts';
import { isObject, type JsonObject, objectsIn } from '../../object.ts';

const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

/** Adds what is wrong with the volumes at `path`; their names. */
export function validateVolumes(volumes: readonly JsonObject[], path: string, errors: FieldError[]): Set<string> {
  const names = new Set<string>();
  volumes.forEach((volume, index) => {
    const at = `${path}[${index}]`;
    const found = errors.length;
    const name = String(volume['name'] ?? '');
    if (name === '') errors.push(requiredValue(`${at}.name`));
    else for (const problem of nameProblems(name, 'label')) errors.push(invalidValue(`${at}.name`, name, problem));
    if (names.has(name)) errors.push(duplicateValue(`${at}.name`, name));
    const [first, ...extras] = Object.keys(volume).filter(key => key !== 'name');
    if (first) validateSource(first, volume[first], `${at}.${first}`, errors);
    for (const extra of extras)
      errors.push(forbiddenField(`${at}.${extra}`, 'may not specify more than 1 volume type'));
    // what is wrong in itself takes no name from others
    if (errors.length === found) names.add(name);
  });
  return names;
}

function validateSource(kind: string, source: unknown, at: string, errors: FieldError[]): void {
  if (!isObject(source)) return;
  switch (kind) {
    case 'persistentVolumeClaim':
      if (!source['claimName']) errors.push(requiredValue(`${at}.claimName`));
      return;
    case 'secret':
      if (!source['secretName']) errors.push(requiredValue(`${at}.secretName`));
      validateItems(source, at, errors);
      return;
    case 'configMap':
      if (!source['name']) errors.push(requiredValue(`${at}.name`));
      validateItems(source, at, errors);
      return;
    case 'hostPath':
      validateHostPath(source, at, errors);
      return;
    case 'projected':
      validateProjected(source, at, errors);
  }
}

function validateHostPath(source: JsonObject, at: string, errors: FieldError[]): void {
  const { path, type } = source;
  if (!path) errors.push(requiredValue(`${at}.path`));
  else if (hasBackStep(String(path))) errors.push(invalidValue(`${at}.path`, path, BACK_STEP));
  if (type !== undefined && !HOST_PATH_TYPES.includes(String(type)))
    errors.push(unsupportedValue(`${at}.type`, type, HOST_PATH_TYPES));
}

function validateProjected(source: JsonObject, at: string, errors: FieldError[]): void {
  objectsIn(source['sources']).forEach((each, index) => {
    const { serviceAccountToken: token, secret, configMap } = each;
    // the real server names the token's path so, without its place
    if (isObject(token) && !token['path']) errors.push(requiredValue(`${at}.path`));
    for (const [kind, part] of Object.entries({ secret, configMap })) {
      if (!isObject(part)) continue;
      const field = `${at}.sources[${index}].${kind}`;
      if (!part['name']) errors.push(requiredValue(`${field}.name`));
      validateItems(part, field, errors);
    }
  });
}

/** The keys of a ConfigMap or Secret that become files. */
function validateItems(source: JsonObject, at: string, errors: FieldError[]): void {
  objectsIn(source['items']).forEach((item, index) => {
    const field = `${at}.items[${index}]`;
    if (!item['key']) errors.push(requiredValue(`${field}.key`));
    if (!item['path']) errors.push(requiredValue(`${field}.path`));
    const problem = pathProblem(String(item['path'] ?? ''));
    if (problem) errors.push(invalidValue(`${field}.path`, item['path'], problem));
  });
}

const BACK_STEP = "must not contain '..'";
const hasBackStep = (path: string) => path.split('/').includes('..');

/** Why `path` does not stay below the folder that it is in. */
export function pathProblem(path: string): string | undefined {
  if (path.startsWith('/')) return 'must be a relative path';
  return hasBackStep(path) ? BACK_STEP : undefined;
}
