import { isDeepStrictEqual } from 'node:util';
import type { Environment } from '@marcbachmann/cel-js';
import { child, type FieldError, ROOT_FIELD } from '../field-error.ts';
import { isObject } from '../object.ts';
import { celEnvironment, withGoDurations } from './cel-environment.ts';
import { compileToCel, type ToCel } from './cel-values.ts';
import type { JsonSchema, ValidationRule } from './json-schema.ts';
import { counterpart } from './ratchet.ts';

/** Evaluates the rules below one schema node; `old` is undefined on create, and for what was not there before. */
export type RuleValidator = (value: unknown, old: unknown, path: string, errors: FieldError[]) => void;

interface CompiledRule {
  readonly rule: ValidationRule;
  readonly needsOld: boolean;
  readonly evaluate: (context: Record<string, unknown>) => unknown;
  readonly message: ((context: Record<string, unknown>) => unknown) | undefined;
}

/** Compiles x-kubernetes-validations of `schema`; undefined where there are none. Throws on a rule that this CEL can't evaluate. */
export function compileRules(schema: JsonSchema, env: Environment = celEnvironment()): RuleValidator | undefined {
  const rules = (schema['x-kubernetes-validations'] ?? []).map(rule => compileRule(rule, env));
  const toCel = rules.length > 0 ? compileToCel(schema) : undefined;
  const items = schema.items && compileRules(schema.items, env);
  const values =
    typeof schema.additionalProperties === 'object' ? compileRules(schema.additionalProperties, env) : undefined;
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const validate = compileRules(property, env);
    return validate ? [[name, validate] as const] : [];
  });
  if (rules.length === 0 && !items && !values && fields.length === 0) return undefined;
  const itemOf = oldItem(schema);
  return (value, old, path, errors) => {
    if (value === undefined || value === null) return;
    if (rules.length > 0) evaluateRules(rules, toCel, value, old, path, errors);
    if (Array.isArray(value)) {
      if (items)
        for (const [index, item] of value.entries()) items(item, itemOf(item, old), `${path}[${index}]`, errors);
    } else if (isObject(value)) {
      const before = isObject(old) ? old : {};
      for (const [name, validate] of fields) validate(value[name], before[name], child(path, name), errors);
      if (values) for (const name in value) values(value[name], before[name], child(path, name), errors);
    }
  };
}

/** Transition rules inside a list hold only where items have an identity: lists of type map. */
function oldItem(schema: JsonSchema): (item: unknown, old: unknown) => unknown {
  const isMap = schema['x-kubernetes-list-type'] === 'map';
  return (item, old) => (isMap ? counterpart(item, old, schema) : undefined);
}

function compileRule(rule: ValidationRule, env: Environment): CompiledRule {
  return {
    rule,
    needsOld: /\boldSelf\b/.test(rule.rule),
    evaluate: compile(rule.rule, env),
    message: rule.messageExpression ? compile(rule.messageExpression, env) : undefined,
  };
}

/** Checked at once, so that a function which is not known here is told when the CRD is made, not on each object. */
function compile(rule: string, env: Environment): CompiledRule['evaluate'] {
  const text = withGoDurations(rule);
  const { valid, error } = env.check(text);
  if (!valid) throw new Error(`rule ${JSON.stringify(rule)}: ${error?.message.split('\n', 1)[0] ?? 'not valid'}`);
  const program = env.parse(text);
  return context => program(context);
}

function evaluateRules(
  rules: readonly CompiledRule[],
  toCel: ToCel | undefined,
  value: unknown,
  old: unknown,
  path: string,
  errors: FieldError[],
): void {
  const convert = toCel ?? ((same: unknown) => same);
  const context = { self: convert(value), oldSelf: old === undefined ? undefined : convert(old) };
  // ratcheting: what an update leaves as it was is not refused, but for what may never follow what was
  const isUnchanged = () => old !== undefined && isDeepStrictEqual(value, old);
  for (const compiled of rules) {
    const { rule, needsOld, evaluate } = compiled;
    if (needsOld && old === undefined) continue;
    const field = `${path}${rule.fieldPath ?? ''}`.replace(/^\./, '') || ROOT_FIELD;
    const shown = isScalar(value) ? JSON.stringify(value) : undefined;
    try {
      if (evaluate(context) === true || (!needsOld && isUnchanged())) continue;
      errors.push({
        type: rule.reason ?? 'FieldValueInvalid',
        field,
        ...shownUnless(rule, shown),
        detail: told(compiled, context),
      });
    } catch (error) {
      if (!needsOld && isUnchanged()) continue;
      // a rule that can't be evaluated is one that does not hold; the value's type stands for the value
      const detail = `${celProblem(error)} evaluating rule: ${rule.message ?? rule.rule}`;
      errors.push({ type: 'FieldValueInvalid', field, shown: `"${typeOf(value)}"`, detail });
    }
  }
}

const isScalar = (value: unknown) => typeof value !== 'object';
const typeOf = (value: unknown) =>
  Array.isArray(value)
    ? 'array'
    : typeof value === 'number'
      ? Number.isInteger(value)
        ? 'integer'
        : 'number'
      : typeof value;

/** Required and Forbidden show no value. */
function shownUnless({ reason }: ValidationRule, shown: string | undefined) {
  return shown === undefined || reason === 'FieldValueRequired' || reason === 'FieldValueForbidden' ? {} : { shown };
}

function told({ rule, message }: CompiledRule, context: Record<string, unknown>): string {
  try {
    const text = message?.(context);
    if (typeof text === 'string' && text.trim() !== '') return text;
  } catch {
    // a message that can't be made leaves the plain one, as in the real server
  }
  return rule.message ?? `failed rule: ${rule.rule.trim()}`;
}

/** The first line of the library's error in the words of cel-go, for the errors that users meet. */
function celProblem(error: unknown): string {
  const text = (error as Error).message.split('\n', 1)[0]!;
  const index = /index out of bounds, index (-?\d+)/.exec(text);
  if (index) return `index out of bounds: ${index[1]}`;
  const key = /^No such key: (.*)$/.exec(text);
  if (key) return `no such key: ${key[1]}`;
  if (text.startsWith('Invalid duration string')) {
    return "type conversion error from 'string' to 'google.protobuf.Duration'";
  }
  if (text.startsWith('timestamp() requires')) {
    return "type conversion error from 'string' to 'google.protobuf.Timestamp'";
  }
  return text;
}
