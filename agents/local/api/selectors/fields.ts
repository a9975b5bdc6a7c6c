import { type ApiObject, valueAt } from '../object.ts';
import { badRequest } from '../status-error.ts';

/** Whether an object is selected. */
export type FieldSelector = (object: ApiObject) => boolean;

/** Field labels that may be selected, with the path of each. */
export type SelectableFields = ReadonlyMap<string, readonly string[]>;

/**
 * Parses `a=b,c==d,e!=f` over `fields`; an absent field counts as the empty string. Backslash escapes `\`, `,`, `=`.
 * Throws a 400 on another syntax or an unknown field.
 */
export function parseFieldSelector(text: string, fields: SelectableFields): FieldSelector {
  const terms = splitTerms(text).map(term => parseTerm(term, fields, text));
  return object => terms.every(term => term(object));
}

function splitTerms(text: string): string[] {
  return (text.match(/(?:[^\\,]|\\.)+/g) ?? []).filter(term => term !== '');
}

function parseTerm(term: string, fields: SelectableFields, whole: string): FieldSelector {
  const match = /^([^!=]*)(!=|==|=)((?:[^\\=,]|\\[\\,=])*)$/.exec(term);
  if (!match) throw badRequest(`invalid selector: '${whole}'; can't understand '${term}'`);
  const [, label, operator, escaped] = match;
  const path = fields.get(label!);
  if (!path) throw badRequest(`field label not supported: ${label}`);
  const value = escaped!.replace(/\\(.)/g, '$1');
  const equal = operator !== '!=';
  return object => (asText(valueAt(object, path)) === value) === equal;
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : String(value);
}

/** Fields that every object can be selected by. */
export const COMMON_FIELDS: readonly (readonly [string, readonly string[]])[] = [
  ['metadata.name', ['metadata', 'name']],
  ['metadata.namespace', ['metadata', 'namespace']],
];

/** The paths of `labels`, such as `spec.nodeName`, and the common ones. */
export function selectableFields(labels: readonly string[]): SelectableFields {
  return new Map([...COMMON_FIELDS, ...labels.map(label => [label, label.split('.')] as const)]);
}
