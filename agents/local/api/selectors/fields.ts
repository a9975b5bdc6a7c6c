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
  const match = /^(.*?)(!=|==|=)(.*)$/s.exec(term);
  if (!match) throw badRequest(`invalid selector: '${whole}'; can't understand '${term}'`);
  const [, label, operator, escaped] = match;
  const value = unescapeValue(escaped!);
  const path = fields.get(label!);
  if (!path) throw badRequest(`field label not supported: ${label}`);
  const equal = operator !== '!=';
  return object => (asText(valueAt(object, path)) === value) === equal;
}

/** Backslash escapes `\`, `,` and `=`; none of them may stand alone. */
function unescapeValue(text: string): string {
  return text.replace(/\\(.?)|([,=])/gs, (sequence, escaped: string | undefined, bare: string | undefined) => {
    if (bare !== undefined)
      throw badRequest(`invalid field selector: unescaped character in value: ${bare.charCodeAt(0)}`);
    if (escaped === '\\' || escaped === ',' || escaped === '=') return escaped;
    throw badRequest(`invalid field selector: invalid escape sequence: ${sequence}`);
  });
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
