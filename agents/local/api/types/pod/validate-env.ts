import { type FieldError, invalidValue, requiredValue } from '../../field-error.ts';
import { nameProblems } from '../../metadata.ts';
import { isObject, type JsonObject, objectsIn } from '../../object.ts';

const NAME_TEXT = "a valid environment variable name must consist only of printable ASCII characters other than '='";
const isName = (text: string) => /^[ -<>-~]+$/.test(text);

const SOURCES = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'];
/** Fields of a Pod that a variable may take its value from. */
const FIELDS = new Set([
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]);
const SUBSCRIPTED = /^metadata\.(annotations|labels)\['[^']+'\]$/;

/** Adds what is wrong with `env` and `envFrom` of the container at `at`. */
export function validateEnv(container: JsonObject, at: string, errors: FieldError[]): void {
  objectsIn(container['env']).forEach((variable, index) => {
    const field = `${at}.env[${index}]`;
    const name = String(variable['name'] ?? '');
    if (name === '') errors.push(requiredValue(`${field}.name`));
    else if (!isName(name)) errors.push(invalidValue(`${field}.name`, name, NAME_TEXT));
    const from = variable['valueFrom'];
    if (!isObject(from)) return;
    if (variable['value'])
      errors.push(invalidValue(`${field}.valueFrom`, '', 'may not be specified when `value` is not empty'));
    validateSource(from, `${field}.valueFrom`, errors);
  });
  objectsIn(container['envFrom']).forEach((source, index) => {
    const field = `${at}.envFrom[${index}]`;
    const prefix = source['prefix'];
    if (typeof prefix === 'string' && prefix !== '' && !isName(prefix))
      errors.push(invalidValue(`${field}.prefix`, prefix, NAME_TEXT));
    const kinds = ['configMapRef', 'secretRef'].filter(kind => isObject(source[kind]));
    if (kinds.length === 0)
      errors.push(invalidValue(`${at}.envFrom`, '', 'must specify one of: `configMapRef` or `secretRef`'));
    for (const kind of kinds) {
      if (!(source[kind] as JsonObject)['name']) errors.push(requiredValue(`${field}.${kind}.name`));
    }
  });
}

function validateSource(from: JsonObject, field: string, errors: FieldError[]): void {
  const kinds = SOURCES.filter(kind => isObject(from[kind]));
  if (kinds.length === 0) {
    const list = SOURCES.map(kind => `\`${kind}\``);
    errors.push(invalidValue(field, '', `must specify one of: ${list.slice(0, -1).join(', ')} or ${list.at(-1)}`));
  } else if (kinds.length > 1)
    errors.push(invalidValue(field, '', 'may not have more than one field specified at a time'));
  const { fieldRef, configMapKeyRef, secretKeyRef } = from;
  if (isObject(fieldRef)) validateFieldRef(fieldRef['fieldPath'], `${field}.fieldRef.fieldPath`, errors);
  if (isObject(configMapKeyRef)) validateKeyRef(configMapKeyRef, `${field}.configMapKeyRef`, errors);
  if (isObject(secretKeyRef)) {
    const name = String(secretKeyRef['name'] ?? '');
    for (const problem of nameProblems(name, 'subdomain'))
      errors.push(invalidValue(`${field}.secretKeyRef.name`, name, problem));
    validateKeyRef(secretKeyRef, `${field}.secretKeyRef`, errors);
  }
}

function validateFieldRef(path: unknown, field: string, errors: FieldError[]): void {
  if (!path) errors.push(requiredValue(field));
  else if (!FIELDS.has(String(path)) && !SUBSCRIPTED.test(String(path)))
    errors.push(invalidValue(field, path, `error converting fieldPath: field label not supported: ${path}`));
}

function validateKeyRef(reference: JsonObject, field: string, errors: FieldError[]): void {
  if (!reference['key']) errors.push(requiredValue(`${field}.key`));
}
