import { badRequest } from '../status-error.ts';

/** Labels of an object. */
export type Labels = Record<string, string> | undefined;
/** Whether an object with these labels is selected. */
export type LabelSelector = (labels: Labels) => boolean;

const SYMBOLS = new Set(['=', '==', '!=', '(', ')', ',', '!', '>', '<']);

function tokens(text: string): string[] {
  return text.match(/==|!=|[=(),!<>]|[^\s=(),!<>]+/g) ?? [];
}

const fail = (message: string) => badRequest(`unable to parse requirement: ${message}`);

/**
 * Parses the query syntax of label selectors: `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1,m<2`.
 * Throws a 400 with the real server's text.
 */
export function parseLabelSelector(text: string): LabelSelector {
  const list = tokens(text);
  if (list.length === 0) return () => true;
  let at = 0;
  const peek = () => list[at] ?? '';
  const next = () => list[at++] ?? '';
  const requirements: LabelSelector[] = [];
  for (;;) {
    requirements.push(requirement(next, peek));
    if (at >= list.length) break;
    if (next() !== ',') throw fail(`found '${list[at - 1]}', expected: ',' or 'end of string'`);
    if (at >= list.length) throw fail("found '', expected: identifier after ','");
  }
  return labels => requirements.every(one => one(labels));
}

function requirement(next: () => string, peek: () => string): LabelSelector {
  let key = next();
  if (key === '!') {
    key = identifier(next());
    return labels => labels?.[key] === undefined;
  }
  key = identifier(key);
  if (peek() === '' || peek() === ',') return labels => labels?.[key] !== undefined;
  const operator = next();
  switch (operator) {
    case '=':
    case '==': {
      const value = exact(next, peek);
      return labels => labels?.[key] === value;
    }
    case '!=': {
      const value = exact(next, peek);
      return labels => labels?.[key] !== value;
    }
    case 'in':
    case 'notin': {
      const values = new Set(valueList(next, peek));
      const wanted = operator === 'in';
      // an absent label is in no set
      return labels => {
        const value = labels?.[key];
        return value === undefined ? !wanted : values.has(value) === wanted;
      };
    }
    case '>':
    case '<':
    case 'gt':
    case 'lt': {
      const text = exact(next, peek);
      if (!/^-?\d+$/.test(text))
        throw fail(
          `values[0][${key}]: Invalid value: "${text}": for 'Gt', 'Lt' operators, the value must be an integer`,
        );
      const bound = Number(text);
      const greater = operator === '>' || operator === 'gt';
      return labels => {
        const value = Number(labels?.[key] ?? Number.NaN);
        return greater ? value > bound : value < bound;
      };
    }
    default:
      throw fail(`found '${operator}', expected: in, notin, =, ==, !=, gt, lt`);
  }
}

function identifier(token: string): string {
  if (token === '' || SYMBOLS.has(token)) throw fail(`found '${token}', expected: !, identifier, or 'end of string'`);
  if (!/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(token))
    throw fail(
      `key: Invalid value: "${token}": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
    );
  return token;
}

function exact(next: () => string, peek: () => string): string {
  if (peek() === '' || peek() === ',') return '';
  const value = next();
  if (SYMBOLS.has(value)) throw fail(`found '${value}', expected: identifier`);
  return value;
}

function valueList(next: () => string, peek: () => string): string[] {
  if (peek() !== '(') throw fail(`found '${peek()}' expected: '('`);
  next();
  const values: string[] = [];
  for (;;) {
    if (peek() === ',' || peek() === ')') values.push('');
    else values.push(next());
    const separator = next();
    if (separator === ')') return values;
    if (separator !== ',') throw fail(`found '${separator}', expected: ',' or ')'`);
  }
}

/** A selector object (`matchLabels`, `matchExpressions`) as a predicate; empty selects all. */
export function matchLabelSelector(selector: {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}): LabelSelector {
  const equal = Object.entries(selector.matchLabels ?? {});
  const expressions = selector.matchExpressions ?? [];
  return labels =>
    equal.every(([key, value]) => labels?.[key] === value) &&
    expressions.every(({ key, operator, values = [] }) => {
      const value = labels?.[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      return operator === 'In' ? value !== undefined && values.includes(value) : !values.includes(value ?? '');
    });
}
