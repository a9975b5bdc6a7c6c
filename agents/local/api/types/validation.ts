import { isDeepStrictEqual } from 'node:util';
import { type FieldError, forbiddenField, invalidValue, requiredValue, unsupportedValue } from '../field-error.ts';
import { validateLabels } from '../metadata.ts';
import { type ApiObject, isObject, type JsonObject, objectsIn, valueAt } from '../object.ts';
import { matchLabelSelector } from '../selectors/labels.ts';
import { validatePodSpec } from './pod/validate-pod-spec.ts';
import type { ResourceType } from './resource-type.ts';
import { validateConfigMap, validateSecret } from './validate-config.ts';
import { validateCrd } from './validate-crd.ts';

type Validate = ResourceType['validate'];

const specOf = (object: ApiObject | undefined): JsonObject => (isObject(object?.['spec']) ? object['spec'] : {});

/** Fields of a Pod's spec that may change after creation. */
const MUTABLE_POD_FIELDS = new Set([
  'activeDeadlineSeconds',
  'tolerations',
  'terminationGracePeriodSeconds',
  'nodeName',
]);

const validatePod: Validate = (object, old, statusOnly) => {
  if (statusOnly) return [];
  const spec = specOf(object);
  if (!old) return validatePodSpec(spec, 'spec', true);
  const before = specOf(old);
  const frozen = (each: JsonObject) =>
    Object.entries(each)
      .filter(([name]) => !MUTABLE_POD_FIELDS.has(name))
      .map(([name, value]) => [name, name.endsWith('ontainers') ? withoutImages(value) : value]);
  for (const list of ['containers', 'initContainers']) {
    if (objectsIn(spec[list]).length !== objectsIn(before[list]).length)
      return [forbiddenField(`spec.${list}`, 'pod updates may not add or remove containers')];
  }
  if (isDeepStrictEqual(Object.fromEntries(frozen(spec)), Object.fromEntries(frozen(before)))) return [];
  return [
    forbiddenField(
      'spec',
      'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
    ),
  ];
};

const withoutImages = (containers: unknown) =>
  Array.isArray(containers) ? containers.map(container => ({ ...container, image: undefined })) : containers;

/** Deployments and ReplicaSets: replicas, selector, template. */
const validateWorkload: Validate = (object, old, statusOnly) => {
  if (statusOnly) return [];
  const spec = specOf(object);
  const errors: FieldError[] = [];
  const replicas = spec['replicas'];
  if (typeof replicas === 'number' && replicas < 0)
    errors.push(invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0'));
  const selector = spec['selector'];
  const labels = (valueAt(spec, ['template', 'metadata', 'labels']) ?? {}) as Record<string, string>;
  if (!isObject(selector)) errors.push(requiredValue('spec.selector'));
  else if (Object.keys(selector).length === 0)
    errors.push(invalidValue('spec.selector', selector, 'empty selector is invalid for deployment'));
  if (!isObject(selector) || (Object.keys(selector).length > 0 && !matchLabelSelector(selector)(labels)))
    errors.push(invalidValue('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  errors.push(...validateLabels(labels, 'spec.template.metadata.labels'));
  const podSpec = valueAt(spec, ['template', 'spec']);
  errors.push(...validatePodSpec(isObject(podSpec) ? podSpec : {}, 'spec.template.spec', false));
  if (isObject(podSpec) && podSpec['restartPolicy'] !== 'Always')
    errors.push(unsupportedValue('spec.template.spec.restartPolicy', podSpec['restartPolicy'], ['Always']));
  if (old && !isDeepStrictEqual(selector, specOf(old)['selector']))
    errors.push(invalidValue('spec.selector', selector, 'field is immutable'));
  return errors;
};

const validateLease: Validate = object => {
  const spec = specOf(object);
  return ['leaseDurationSeconds', 'leaseTransitions'].flatMap(name => {
    const value = spec[name];
    const lowest = name === 'leaseDurationSeconds' ? 1 : 0;
    if (typeof value !== 'number' || value >= lowest) return [];
    return [invalidValue(`spec.${name}`, value, `must be greater than ${lowest === 1 ? '0' : 'or equal to 0'}`)];
  });
};

const validateRoleBinding: Validate = (object, old) => {
  const errors: FieldError[] = [];
  const role = object['roleRef'];
  if (!isObject(role) || !role['name']) errors.push(requiredValue('roleRef.name'));
  if (old && !isDeepStrictEqual(role, old['roleRef']))
    errors.push(invalidValue('roleRef', role, 'cannot change roleRef'));
  return errors;
};

const validateRole: Validate = object => {
  const rules = Array.isArray(object['rules']) ? (object['rules'] as JsonObject[]) : [];
  return rules.flatMap((rule, index) => {
    const empty = (name: string) => !Array.isArray(rule[name]) || rule[name].length === 0;
    if (empty('verbs')) return [requiredValue(`rules[${index}].verbs`)];
    if (!empty('nonResourceURLs')) return [];
    return ['apiGroups', 'resources'].filter(empty).map(name => {
      const what =
        name === 'apiGroups'
          ? 'resource rules must supply at least one api group'
          : 'resource rules must supply at least one resource';
      return requiredValue(`rules[${index}].${name}`, what);
    });
  });
};

const validateEvent: Validate = object => {
  const { namespace = '' } = object.metadata;
  const involved = valueAt(object, ['involvedObject', 'namespace']) ?? '';
  if (involved === namespace || (involved === '' && namespace === 'default')) return [];
  return [invalidValue('involvedObject.namespace', involved, 'does not match event.namespace')];
};

const validateClaim: Validate = object => {
  const spec = specOf(object);
  const errors: FieldError[] = [];
  if (!Array.isArray(spec['accessModes']) || spec['accessModes'].length === 0)
    errors.push(requiredValue('spec.accessModes', 'at least 1 access mode is required'));
  if (valueAt(spec, ['resources', 'requests', 'storage']) === undefined)
    errors.push(requiredValue('spec.resources[storage]'));
  return errors;
};

const VALIDATIONS: Record<string, Validate> = {
  '/configmaps': validateConfigMap,
  '/persistentvolumeclaims': validateClaim,
  '/pods': validatePod,
  '/secrets': validateSecret,
  '/events': validateEvent,
  'apps/deployments': validateWorkload,
  'apps/replicasets': validateWorkload,
  'coordination.k8s.io/leases': validateLease,
  'rbac.authorization.k8s.io/roles': validateRole,
  'rbac.authorization.k8s.io/clusterroles': validateRole,
  'rbac.authorization.k8s.io/rolebindings': validateRoleBinding,
  'rbac.authorization.k8s.io/clusterrolebindings': validateRoleBinding,
  'apiextensions.k8s.io/customresourcedefinitions': validateCrd,
};

/** The validation of a built-in type beside its shape: what krt and its users can get wrong, in Kubernetes' words. */
export function validationOf(group: string, plural: string): Validate {
  return VALIDATIONS[`${group}/${plural}`] ?? (() => []);
}
