import type { OwnerReference } from '../../../crds/v1alpha1/meta.ts';
import { type FieldError, invalidValue, requiredValue } from './field-error.ts';
import type { ApiObject } from './object.ts';

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const QUALIFIED_NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const ANNOTATIONS_LIMIT = 262_144;

const SUBDOMAIN_TEXT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_TEXT =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const QUALIFIED_TEXT =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const LABEL_VALUE_TEXT =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/** What names of a type must be: a DNS subdomain (most), a DNS label, or a path segment. */
export type NameRule = 'subdomain' | 'label' | 'path-segment';

/** Why `name` does not fit `rule`; `prefix` allows a trailing dash, as in generateName. */
export function nameProblems(name: string, rule: NameRule, prefix = false): string[] {
  const checked = prefix && name.endsWith('-') ? `${name.slice(0, -1)}a` : name;
  if (rule === 'path-segment') return pathSegmentProblems(checked);
  const problems: string[] = [];
  const longest = rule === 'subdomain' ? 253 : 63;
  if (checked.length > longest) problems.push(`must be no more than ${longest} characters`);
  if (rule === 'subdomain' && !SUBDOMAIN.test(checked)) problems.push(SUBDOMAIN_TEXT);
  if (rule === 'label' && !LABEL.test(checked))
    problems.push(checked.includes('.') ? 'must not contain dots' : LABEL_TEXT);
  return problems;
}

function pathSegmentProblems(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter(bad => name.includes(bad)).map(bad => `may not contain '${bad}'`);
}

/** Why `key` is no label or annotation key. */
export function keyProblems(key: string): string[] {
  const parts = key.split('/');
  if (parts.length > 2) {
    return [
      "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
    ];
  }
  const problems: string[] = [];
  if (parts.length === 2) {
    const prefix = parts[0]!;
    if (prefix === '') problems.push('prefix part must be non-empty');
    else {
      const wrong = nameProblems(prefix, 'subdomain').map(problem => problem.replace(/characters$/, 'bytes'));
      problems.push(...wrong.map(problem => `prefix part ${problem}`));
    }
  }
  const name = parts.at(-1)!;
  if (name === '') problems.push('name part must be non-empty');
  else if (name.length > 63) problems.push('name part must be no more than 63 bytes');
  if (!QUALIFIED_NAME.test(name)) problems.push(QUALIFIED_TEXT);
  return problems;
}

/** Why `value` is no label value. */
export function labelValueProblems(value: string): string[] {
  const problems = value.length > 63 ? ['must be no more than 63 bytes'] : [];
  if (!LABEL_VALUE.test(value)) problems.push(LABEL_VALUE_TEXT);
  return problems;
}

/** Why `labels` at `field` are not labels. */
export function validateLabels(labels: Record<string, string> | undefined, field: string): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...labelValueProblems(value).map(problem => invalidValue(field, value, problem)),
    ...keyProblems(key).map(problem => invalidValue(field, key, problem)),
  ]);
}

/** What is wrong with the metadata of an object to be created or written. */
export function validateMetadata({ metadata }: ApiObject, rule: NameRule): FieldError[] {
  const errors: FieldError[] = [];
  const { name = '', generateName, annotations = {}, ownerReferences = [], finalizers = [] } = metadata;
  if (generateName) {
    for (const problem of nameProblems(generateName, rule, true))
      errors.push(invalidValue('metadata.generateName', generateName, problem));
  }
  if (!name) errors.push(requiredValue('metadata.name', 'name or generateName is required'));
  else for (const problem of nameProblems(name, rule)) errors.push(invalidValue('metadata.name', name, problem));
  errors.push(...validateLabels(metadata.labels, 'metadata.labels'));
  let size = 0;
  for (const [key, value] of Object.entries(annotations)) {
    // prefixes of annotations may have capitals
    for (const problem of keyProblems(key.toLowerCase()))
      errors.push(invalidValue('metadata.annotations', key, problem));
    size += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (size > ANNOTATIONS_LIMIT) {
    errors.push({
      type: 'FieldValueTooLong',
      field: 'metadata.annotations',
      detail: `may not be more than ${ANNOTATIONS_LIMIT} bytes`,
    });
  }
  errors.push(...validateOwners(ownerReferences));
  for (const finalizer of finalizers) {
    for (const problem of keyProblems(finalizer)) errors.push(invalidValue('metadata.finalizers', finalizer, problem));
  }
  return errors;
}

function validateOwners(owners: readonly OwnerReference[]): FieldError[] {
  const errors: FieldError[] = [];
  owners.forEach((owner, index) => {
    const field = `metadata.ownerReferences[${index}]`;
    for (const part of ['apiVersion', 'kind', 'name', 'uid'] as const) {
      if (!owner[part]) errors.push(requiredValue(`${field}.${part}`, 'must not be empty'));
    }
    if (owner.apiVersion?.split('/').length > 2)
      errors.push(invalidValue(`${field}.apiVersion`, owner.apiVersion, 'must be <group>/<version> or <version>'));
    if (owner.kind === 'Event' && (owner.apiVersion === 'v1' || owner.apiVersion === 'events.k8s.io/v1'))
      errors.push(invalidValue(field, owner, `${groupKind(owner)} is disallowed from being an owner`));
  });
  const [first, second] = owners.filter(owner => owner.controller);
  if (first && second) {
    const both = `${first.kind}/${first.name} and ${second.kind}/${second.name}`;
    const detail = `Only one reference can have Controller set to true. Found "true" in references for ${both}`;
    errors.push(invalidValue('metadata.ownerReferences', owners, detail));
  }
  return errors;
}

const groupKind = ({ apiVersion, kind }: OwnerReference) =>
  `${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`;
