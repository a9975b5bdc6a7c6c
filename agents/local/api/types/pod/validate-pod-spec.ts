import { duplicateValue, type FieldError, invalidValue, requiredValue, unsupportedValue } from '../../field-error.ts';
import { nameProblems } from '../../metadata.ts';
import { type JsonObject, objectsIn } from '../../object.ts';
import { validateContainer } from './validate-container.ts';
import { validateVolumes } from './validate-volumes.ts';

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];

/**
 * What is wrong with a Pod's spec at `path`: what writers of a Runtime's template get wrong, in Kubernetes' words.
 * `alone` is a Pod of its own, whose restartPolicy may be any.
 */
export function validatePodSpec(spec: JsonObject, path: string, alone: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const volumes = validateVolumes(objectsIn(spec['volumes']), `${path}.volumes`, errors);
  validateContainers(spec, path, volumes, alone, errors);
  if (alone) supported(spec, 'restartPolicy', RESTART_POLICIES, path, errors);
  supported(spec, 'dnsPolicy', DNS_POLICIES, path, errors);
  const deadline = spec['activeDeadlineSeconds'];
  if (typeof deadline === 'number' && (deadline < 1 || deadline >= 2 ** 31))
    errors.push(invalidValue(`${path}.activeDeadlineSeconds`, deadline, 'must be between 1 and 2147483647, inclusive'));
  for (const [field, rule] of [
    ['serviceAccountName', 'subdomain'],
    ['hostname', 'label'],
    ['subdomain', 'label'],
  ] as const) {
    const name = spec[field];
    if (typeof name !== 'string' || name === '') continue;
    for (const problem of nameProblems(name, rule)) errors.push(invalidValue(`${path}.${field}`, name, problem));
  }
  objectsIn(spec['tolerations']).forEach((toleration, index) => {
    if (toleration['operator'])
      supported(toleration, 'operator', ['Equal', 'Exists'], `${path}.tolerations[${index}]`, errors);
  });
  return errors;
}

function validateContainers(
  spec: JsonObject,
  path: string,
  volumes: ReadonlySet<string>,
  alone: boolean,
  errors: FieldError[],
): void {
  const containers = objectsIn(spec['containers']);
  if (containers.length === 0) errors.push(requiredValue(`${path}.containers`));
  const names = new Set<string>();
  for (const list of ['containers', 'initContainers']) {
    objectsIn(spec[list]).forEach((container, index) => {
      const at = `${path}.${list}[${index}]`;
      const name = validateContainer(container, at, volumes, alone, errors);
      if (name && names.has(name)) errors.push(duplicateValue(`${at}.name`, name));
      names.add(name);
    });
  }
}

function supported(of: JsonObject, field: string, values: readonly string[], path: string, errors: FieldError[]): void {
  if (!values.includes(String(of[field]))) errors.push(unsupportedValue(`${path}.${field}`, of[field], values));
}
