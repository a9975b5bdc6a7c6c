import { type FieldError, invalidValue, missingReference, requiredValue, unsupportedValue } from '../../field-error.ts';
import { nameProblems } from '../../metadata.ts';
import { isObject, type JsonObject, objectsIn } from '../../object.ts';
import { validateEnv } from './validate-env.ts';
import { validatePorts } from './validate-ports.ts';
import { validateLifecycle, validateProbes } from './validate-probes.ts';
import { validateResources } from './validate-resources.ts';
import { pathProblem } from './validate-volumes.ts';

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];

/** Adds what is wrong with one container at `at`, of a Pod of its own (`alone`) or of a template; its name. */
export function validateContainer(
  container: JsonObject,
  at: string,
  volumes: ReadonlySet<string>,
  alone: boolean,
  errors: FieldError[],
): string {
  const name = String(container['name'] ?? '');
  if (name === '') errors.push(requiredValue(`${at}.name`));
  else for (const problem of nameProblems(name, 'label')) errors.push(invalidValue(`${at}.name`, name, problem));
  const image = container['image'];
  if (!image) errors.push(requiredValue(`${at}.image`));
  else if (alone && String(image).trim() !== image)
    errors.push(invalidValue(`${at}.image`, image, 'must not have leading or trailing whitespace'));
  const policy = container['imagePullPolicy'];
  if (!PULL_POLICIES.includes(String(policy)))
    errors.push(unsupportedValue(`${at}.imagePullPolicy`, policy, PULL_POLICIES));
  const restart = container['restartPolicy'];
  if (restart !== undefined && !['Always', 'Never', 'OnFailure'].includes(String(restart)))
    errors.push(unsupportedValue(`${at}.restartPolicy`, restart, ['Always', 'Never', 'OnFailure']));
  validatePorts(container, `${at}.ports`, errors);
  validateEnv(container, at, errors);
  validateMounts(container, `${at}.volumeMounts`, volumes, errors);
  validateProbes(container, at, errors);
  validateLifecycle(container, at, errors);
  if (isObject(container['resources'])) validateResources(container['resources'], `${at}.resources`, errors);
  return name;
}

function validateMounts(container: JsonObject, at: string, volumes: ReadonlySet<string>, errors: FieldError[]): void {
  const paths = new Set<unknown>();
  objectsIn(container['volumeMounts']).forEach((mount, index) => {
    const field = `${at}[${index}]`;
    const { name, mountPath, subPath } = mount;
    if (!name) errors.push(requiredValue(`${field}.name`));
    else if (!volumes.has(String(name))) errors.push(missingReference(`${field}.name`, name));
    if (!mountPath) errors.push(requiredValue(`${field}.mountPath`));
    if (paths.has(mountPath)) errors.push(invalidValue(`${field}.mountPath`, mountPath, 'must be unique'));
    paths.add(mountPath);
    const problem = typeof subPath === 'string' ? pathProblem(subPath) : undefined;
    if (problem) errors.push(invalidValue(`${at}.subPath`, subPath, problem));
  });
}
