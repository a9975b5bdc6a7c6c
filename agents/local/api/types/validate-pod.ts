import {
  duplicateValue,
  type FieldError,
  invalidValue,
  missingReference,
  requiredValue,
  unsupportedValue,
} from '../field-error.ts';
import { nameProblems } from '../metadata.ts';
import { isObject, type JsonObject } from '../object.ts';

const objects = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const PORT_NAME = /^(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$/;

/** What is wrong with a Pod's spec at `path`; `alone` is a Pod of its own, whose restartPolicy may be any. */
export function validatePodSpec(spec: JsonObject, path: string, alone: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const volumes = validateVolumes(spec, path, errors);
  const containers = objects(spec['containers']);
  if (containers.length === 0) errors.push(requiredValue(`${path}.containers`));
  const names = new Set<string>();
  for (const list of ['initContainers', 'containers']) {
    objects(spec[list]).forEach((container, index) => {
      const at = `${path}.${list}[${index}]`;
      const name = validateContainer(container, at, volumes, errors);
      if (name && names.has(name)) errors.push(duplicateValue(`${at}.name`, name));
      names.add(name);
    });
  }
  const policies = ['Always', 'OnFailure', 'Never'];
  if (alone && !policies.includes(String(spec['restartPolicy'])))
    errors.push(unsupportedValue(`${path}.restartPolicy`, spec['restartPolicy'], policies));
  const account = spec['serviceAccountName'];
  if (typeof account === 'string') {
    for (const problem of nameProblems(account, 'subdomain'))
      errors.push(invalidValue(`${path}.serviceAccountName`, account, problem));
  }
  const grace = spec['terminationGracePeriodSeconds'];
  if (typeof grace === 'number' && grace < 0)
    errors.push(invalidValue(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than or equal to 0'));
  return errors;
}

function validateVolumes(spec: JsonObject, path: string, errors: FieldError[]): Set<string> {
  const names = new Set<string>();
  objects(spec['volumes']).forEach((volume, index) => {
    const at = `${path}.volumes[${index}]`;
    const name = String(volume['name'] ?? '');
    if (name === '') errors.push(requiredValue(`${at}.name`));
    else for (const problem of nameProblems(name, 'label')) errors.push(invalidValue(`${at}.name`, name, problem));
    if (names.has(name)) errors.push(duplicateValue(`${at}.name`, name));
    names.add(name);
    const sources = Object.keys(volume).filter(key => key !== 'name');
    for (const extra of sources.slice(1))
      errors.push({
        type: 'FieldValueForbidden',
        field: `${at}.${extra}`,
        detail: 'may not specify more than 1 volume type',
      });
    const claim = volume['persistentVolumeClaim'];
    if (isObject(claim) && !claim['claimName']) errors.push(requiredValue(`${at}.persistentVolumeClaim.claimName`));
  });
  return names;
}

function validateContainer(container: JsonObject, at: string, volumes: Set<string>, errors: FieldError[]): string {
  const name = String(container['name'] ?? '');
  if (name === '') errors.push(requiredValue(`${at}.name`));
  else for (const problem of nameProblems(name, 'label')) errors.push(invalidValue(`${at}.name`, name, problem));
  const image = container['image'];
  if (!image) errors.push(requiredValue(`${at}.image`));
  else if (String(image).trim() !== image)
    errors.push(invalidValue(`${at}.image`, image, 'must not have leading or trailing whitespace'));
  if (!PULL_POLICIES.includes(String(container['imagePullPolicy'])))
    errors.push(unsupportedValue(`${at}.imagePullPolicy`, container['imagePullPolicy'], PULL_POLICIES));
  validatePorts(container, at, errors);
  objects(container['env']).forEach((variable, index) => {
    const key = String(variable['name'] ?? '');
    const field = `${at}.env[${index}].name`;
    if (key === '') errors.push(requiredValue(field));
    else if (!/^[ -<>-~]+$/.test(key))
      errors.push(
        invalidValue(
          field,
          key,
          "a valid environment variable name must consist only of printable ASCII characters other than '='",
        ),
      );
    if (variable['value'] && isObject(variable['valueFrom']))
      errors.push(invalidValue(`${at}.env[${index}].valueFrom`, '', 'may not be specified when `value` is not empty'));
  });
  const paths = new Set<unknown>();
  objects(container['volumeMounts']).forEach((mount, index) => {
    const field = `${at}.volumeMounts[${index}]`;
    if (!mount['name']) errors.push(requiredValue(`${field}.name`));
    else if (!volumes.has(String(mount['name']))) errors.push(missingReference(`${field}.name`, mount['name']));
    if (!mount['mountPath']) errors.push(requiredValue(`${field}.mountPath`));
    if (paths.has(mount['mountPath']))
      errors.push(invalidValue(`${field}.mountPath`, mount['mountPath'], 'must be unique'));
    paths.add(mount['mountPath']);
  });
  return name;
}

function validatePorts(container: JsonObject, at: string, errors: FieldError[]): void {
  const names = new Set<unknown>();
  objects(container['ports']).forEach((port, index) => {
    const field = `${at}.ports[${index}]`;
    const number = port['containerPort'];
    if (!number) errors.push(requiredValue(`${field}.containerPort`));
    else if (Number(number) < 1 || Number(number) > 65_535)
      errors.push(invalidValue(`${field}.containerPort`, number, 'must be between 1 and 65535, inclusive'));
    const name = port['name'];
    if (name === undefined) return;
    if (names.has(name)) errors.push(duplicateValue(`${field}.name`, name));
    else if (!PORT_NAME.test(String(name)))
      errors.push(invalidValue(`${field}.name`, name, portNameProblem(String(name))));
    names.add(name);
  });
}

function portNameProblem(name: string): string {
  if (name.length > 15) return 'must be no more than 15 characters';
  if (!/[a-z]/.test(name)) return 'must contain at least one letter (a-z)';
  if (name.includes('--')) return 'must not contain consecutive hyphens';
  return 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)';
}
