import type { Condition, KubeObject } from '../../../crds/v1alpha1/meta.ts';
import { usageError } from '../../errors.ts';
import { evaluate, JsonPathError, parseRelaxedPath, sprint, type Template } from '../../jsonpath/index.ts';

/** What an object is waited for: the words of `kubectl wait --for`, and `terminal` for Runs. */
export type WaitGoal =
  | { readonly kind: 'terminal' | 'delete' | 'create' }
  | { readonly kind: 'condition'; readonly type: string; readonly status: string }
  | { readonly kind: 'jsonpath'; readonly template: Template; readonly value: string | undefined };

const PLAIN = ['terminal', 'delete', 'create'] as const;
const HINT = "one of terminal, delete, create, condition=TYPE[=STATUS], jsonpath='{.path}'[=VALUE]";

/** Reads the value of `--for`; throws a usage error where it is none. */
export function parseGoal(text: string): WaitGoal {
  const plain = PLAIN.find(kind => kind === text);
  if (plain) return { kind: plain };
  const split = text.indexOf('=');
  const rest = text.slice(split + 1);
  if (split > 0 && rest !== '') {
    const kind = text.slice(0, split);
    if (kind === 'condition') return conditionGoal(rest);
    if (kind === 'jsonpath') return jsonPathGoal(rest);
  }
  throw usageError(`--for: "${text}" can't be waited for`, HINT);
}

/** Whether `object`, which is there, is as the goal wants it. */
export function isAt(goal: WaitGoal, object: KubeObject): boolean {
  if (goal.kind === 'condition') return hasCondition(object, goal.type, goal.status);
  return goal.kind === 'jsonpath' && hasValue(object, goal.template, goal.value);
}

function conditionGoal(text: string): WaitGoal {
  const [type = '', status = 'True'] = text.split('=');
  if (type === '' || status === '') throw usageError(`--for=condition=${text} names no condition`, HINT);
  return { kind: 'condition', type, status };
}

function jsonPathGoal(text: string): WaitGoal {
  // an = inside of the braces is of a filter
  const end = text.startsWith('{') ? text.lastIndexOf('}') + 1 : text.indexOf('=');
  const path = end > 0 ? text.slice(0, end) : text;
  const rest = end > 0 ? text.slice(end) : '';
  if (rest !== '' && !/^=./s.test(rest)) throw usageError(`--for=jsonpath=${text}: a value goes behind =`, HINT);
  try {
    const value = rest === '' ? undefined : rest.slice(1).replace(/^(['"])(.*)\1$/s, '$2');
    return { kind: 'jsonpath', template: parseRelaxedPath(path), value };
  } catch (error) {
    if (error instanceof JsonPathError) throw usageError(`--for=jsonpath=${text}: ${error.message}`);
    throw error;
  }
}

/** As kubectl: names without regard to case, and a condition of an older spec does not count. */
function hasCondition(object: KubeObject, type: string, status: string): boolean {
  const { conditions = [] } = (object as { status?: { conditions?: Condition[] } }).status ?? {};
  const found = conditions.find(condition => same(condition.type, type));
  const { generation } = object.metadata;
  const isOld = generation !== undefined && (found?.observedGeneration ?? generation) < generation;
  return found !== undefined && same(found.status, status) && !isOld;
}

function hasValue(object: KubeObject, template: Template, value: string | undefined): boolean {
  const results = asUsage(() => evaluate(template, object).flat());
  if (results.length === 0) return false;
  if (value === undefined) return true;
  if (results.length > 1) throw usageError('--for=jsonpath: the path has more than one result to compare');
  if (typeof results[0] === 'object' && results[0] !== null) {
    throw usageError('--for=jsonpath: the result is an object or a list, which has no value to compare');
  }
  return sprint(results[0]) === value;
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

function asUsage<R>(act: () => R): R {
  try {
    return act();
  } catch (error) {
    if (error instanceof JsonPathError) throw usageError(`--for=jsonpath: ${error.message}`);
    throw error;
  }
}
