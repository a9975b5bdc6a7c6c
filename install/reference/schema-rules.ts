import { RUN_REASONS } from '../../crds/v1alpha1/reasons.ts';

/** As much of an OpenAPI schema as the reference tells of. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-validations'?: readonly { readonly message: string }[];
}

/** The type of a field in words, such as `list of string`. */
export function typeOf({ type = 'any', items, additionalProperties }: Schema): string {
  if (items) return `list of ${typeOf(items)}`;
  if (additionalProperties) return `map of ${typeOf(additionalProperties)}`;
  return type;
}

/** What the API server holds a field to, as phrases. */
export function rulesOf(schema: Schema): string[] {
  const { minimum, maximum, maxLength, maxItems, maxProperties } = schema;
  const inner = schema.items ?? schema.additionalProperties;
  const rules: (string | undefined)[] = [
    schema.enum && choiceOf(schema.enum),
    rangeOf(minimum, maximum),
    maxLength === undefined ? undefined : `at most ${count(maxLength)} characters`,
    maxItems === undefined ? undefined : `at most ${count(maxItems)}`,
    maxProperties === undefined ? undefined : `at most ${count(maxProperties)} entries`,
    ...(schema['x-kubernetes-validations'] ?? []).map(({ message }) => message),
    ...(inner && !inner.properties ? rulesOf(inner).map(rule => `each: ${rule}`) : []),
  ];
  return rules.filter(rule => rule !== undefined);
}

/** The reasons have a page of their own. */
function choiceOf(words: readonly string[]): string {
  return words.join() === RUN_REASONS.join() ? 'a [reason](reasons.md)' : `one of ${words.join(', ')}`;
}

function rangeOf(minimum: number | undefined, maximum: number | undefined): string | undefined {
  if (minimum !== undefined && maximum !== undefined) return `${count(minimum)} to ${count(maximum)}`;
  if (minimum !== undefined) return `${count(minimum)} or more`;
  return maximum === undefined ? undefined : `${count(maximum)} or less`;
}

const count = (number: number) => number.toLocaleString('en-US').replace('-', '−');
