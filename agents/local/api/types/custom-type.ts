import { child, type FieldError, invalidValue, ROOT_FIELD } from '../field-error.ts';
import { isObject } from '../object.ts';
import { compileRules } from '../schema/cel-rules.ts';
import { compileDefaults } from '../schema/defaults.ts';
import { compileListTypes } from '../schema/list-types.ts';
import { prune } from '../schema/prune.ts';
import { dropUnchanged } from '../schema/ratchet.ts';
import { compileValidator } from '../schema/validator.ts';
import { selectableFields } from '../selectors/fields.ts';
import { customTable } from '../tables/custom.ts';
import { OBJECT_META } from './builtin-schemas.ts';
import type { CrdVersion, CustomResourceDefinition } from './crd.ts';
import { decodeBuiltin } from './decode-builtin.ts';
import { ALL_VERBS, type ResourceType, type ScalePaths } from './resource-type.ts';

/** Types of the served versions of `crd`. Throws when a schema, rule, pattern or path of it can't be compiled. */
export function customTypes(crd: CustomResourceDefinition): ResourceType[] {
  return crd.spec.versions.filter(version => version.served).map(version => customType(crd, version));
}

function customType({ spec }: CustomResourceDefinition, version: CrdVersion): ResourceType {
  const { names, group } = spec;
  const schema = version.schema?.openAPIV3Schema ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const setDefaults = compileDefaults(schema);
  const labels = (version.selectableFields ?? []).map(({ jsonPath }) => jsonPath.replace(/^\./, ''));
  const { status, scale } = version.subresources ?? {};
  return {
    group,
    version: version.name,
    plural: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(),
    kind: names.kind,
    listKind: names.listKind ?? `${names.kind}List`,
    namespaced: spec.scope === 'Namespaced',
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    verbs: ALL_VERBS,
    storageKey: `${group}/${names.plural}`,
    isCustom: true,
    nameRule: 'subdomain',
    hasStatus: status !== undefined,
    hasGeneration: true,
    scale: scale && scalePaths(scale),
    hasLog: false,
    fields: selectableFields(labels),
    table: customTable(version.additionalPrinterColumns),
    schema,
    decode(object) {
      const unknown = decodeBuiltin(object.metadata, OBJECT_META).map(path => child('metadata', path));
      prune(object, schema, unknown);
      return unknown.sort();
    },
    setDefaults: object => setDefaults?.(object),
    validate: makeValidate(schema),
  };
}

function makeValidate(schema: CustomTypeSchema): ResourceType['validate'] {
  const validateSchema = compileValidator(schema);
  const validateLists = compileListTypes(schema);
  const validateRules = compileRules(schema);
  const duplicatesIn = (object: unknown) => {
    const errors: FieldError[] = [];
    validateLists?.(object, '', errors);
    return errors;
  };
  return (object, old, statusOnly, found) => {
    let errors = validateSchema(object);
    if (statusOnly) errors = errors.filter(isOfStatus).map(fromStatus);
    if (old && errors.length > 0) errors = dropUnchanged(errors, object, old, schema);
    const duplicates = duplicatesIn(object).filter(error => !statusOnly || isOfStatus(error));
    // an object that had some already may have some more
    if (duplicates.length > 0 && !(old && duplicatesIn(old).length > 0)) errors.push(...duplicates);
    if ([...found, ...errors].some(isBlocking)) return [...errors, UNCHECKED];
    validateRules?.(object, old, '', errors);
    return errors;
  };
}

type CustomTypeSchema = ResourceType['schema'];

/** The status subresource validates the status alone, and its texts name fields from there. */
const isOfStatus = ({ field, detail = '' }: FieldError) =>
  /^status(\.|\[|$)/.test(field) || (field === ROOT_FIELD && / in status\./.test(detail));

function fromStatus({ field, detail = '', ...error }: FieldError): FieldError {
  return { ...error, field: field === ROOT_FIELD ? 'status' : field, detail: detail.replace(/(^| in )status\./, '$1') };
}

/** Rules are not evaluated on objects whose shape may surprise them. */
const isBlocking = ({ type }: FieldError) =>
  type === 'FieldValueTypeInvalid' ||
  type === 'FieldValueRequired' ||
  type === 'FieldValueNotSupported' ||
  type === 'FieldValueTooLong' ||
  type === 'FieldValueTooMany';

const UNCHECKED: FieldError = invalidValue(
  ROOT_FIELD,
  null,
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
);

function scalePaths(scale: NonNullable<NonNullable<CrdVersion['subresources']>['scale']>): ScalePaths {
  const path = (text: string) => text.split('.').filter(name => name !== '');
  return {
    specReplicas: path(scale.specReplicasPath),
    statusReplicas: path(scale.statusReplicasPath),
    selector: scale.labelSelectorPath === undefined ? undefined : path(scale.labelSelectorPath),
  };
}

/** Whether `value` looks like a CustomResourceDefinition. */
export function isCrd(value: unknown): value is CustomResourceDefinition {
  return isObject(value) && value['kind'] === 'CustomResourceDefinition' && isObject(value['spec']);
}
