import { type FieldError, invalidValue, requiredValue, unsupportedValue } from '../field-error.ts';
import { type ApiObject, isObject } from '../object.ts';
import type { CustomResourceDefinition } from './crd.ts';
import { customTypes } from './custom-type.ts';

const SCOPES = ['Cluster', 'Namespaced'];

/** What is wrong with a CustomResourceDefinition, rules and schema included. */
export function validateCrd(object: ApiObject, old: ApiObject | undefined, statusOnly: boolean): FieldError[] {
  if (statusOnly) return [];
  const { spec } = object as CustomResourceDefinition;
  const errors: FieldError[] = [];
  if (!spec?.group) errors.push(requiredValue('spec.group'));
  if (!spec?.scope) errors.push(requiredValue('spec.scope'));
  for (const name of ['plural', 'kind'] as const) {
    if (!spec?.names?.[name]) errors.push(requiredValue(`spec.names.${name}`));
  }
  if (!Array.isArray(spec?.versions) || spec.versions.length === 0) {
    errors.push(
      invalidValue('spec.versions', spec?.versions ?? null, 'must have exactly one version marked as storage version'),
    );
  }
  if (errors.length > 0) return errors;
  if (!spec.group.includes('.'))
    errors.push(invalidValue('spec.group', spec.group, 'should be a domain with at least one dot'));
  if (!SCOPES.includes(spec.scope)) errors.push(unsupportedValue('spec.scope', spec.scope, SCOPES));
  const names = spec.versions.map(({ name }) => name);
  if (new Set(names).size < names.length)
    errors.push(invalidValue('spec.versions', names, 'must contain unique version names'));
  const fullName = `${spec.names.plural}.${spec.group}`;
  if (object.metadata.name !== fullName)
    errors.push(invalidValue('metadata.name', object.metadata.name, 'must be spec.names.plural+"."+spec.group'));
  if (spec.versions.filter(version => version.storage).length !== 1)
    errors.push(invalidValue('spec.versions', names, 'must have exactly one version marked as storage version'));
  const before = (old as CustomResourceDefinition | undefined)?.spec;
  if (before && (before.scope !== spec.scope || before.names.kind !== spec.names.kind))
    errors.push(
      invalidValue(before.scope === spec.scope ? 'spec.names.kind' : 'spec.scope', spec.scope, 'field is immutable'),
    );
  spec.versions.forEach((version, index) => {
    if (!isObject(version.schema?.openAPIV3Schema))
      errors.push(requiredValue(`spec.versions[${index}].schema.openAPIV3Schema`));
  });
  if (errors.length > 0) return errors;
  return compileProblem(object as CustomResourceDefinition);
}

/** A schema, pattern, rule or path that can't be compiled is one that can't be served. */
function compileProblem(crd: CustomResourceDefinition): FieldError[] {
  try {
    customTypes(crd);
    return [];
  } catch (error) {
    return [
      invalidValue(
        'spec.versions',
        crd.spec.versions.map(({ name }) => name),
        (error as Error).message,
      ),
    ];
  }
}
