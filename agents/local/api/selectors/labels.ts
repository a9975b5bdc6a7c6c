import { keyProblems, labelValueProblems } from '../metadata.ts';
import { badRequest, type StatusError } from '../status-error.ts';

/** Labels of an object. */
export type Labels = Record<string, string> | undefined;
/** Whether an object with these labels is selected. */
export type LabelSelector = (labels: Labels) => boolean;

const SYMBOLS = new Set(['=', '==', '!=', '(', ')', ',', '!', '>', '<']);
const isWord = (token: string) => token !== '' && !SYMBOLS.has(token);

/** Reads a text's tokens one by one; the empty token is its end. */
interface Tokens {
  peek(): string;
  next(): string;
}

function tokensOf(text: string): Tokens {
  const list = text.match(/==|!=|[=(),!<>]|[^\s=(),!<>]+/g) ?? [];
  let at = 0;
  return { peek: () => list[at] ?? '', next: () => list[at++] ?? '' };
}

/** An own label alone: objects inherit things that are named `constructor` and the like. */
const labelOf = (labels: Labels, key: string): string | undefined =>
  labels && Object.hasOwn(labels, key) ? labels[key] : undefined;

const found = (token: string, expected: string) => badRequest(`found '${token}', expected: ${expected}`);
const fail = (problem: string): StatusError => badRequest(`unable to parse requirement: ${problem}`);

/**
 * Parses the query syntax of label selectors: `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1,m<2`.
 * Throws a 400 with the real server's text.
 */
export function parseLabelSelector(text: string): LabelSelector {
  const tokens = tokensOf(text);
  const requirements: LabelSelector[] = [];
  while (tokens.peek() !== '') {
    if (!isWord(tokens.peek()) && tokens.peek() !== '!')
      throw found(tokens.peek(), "!, identifier, or 'end of string'");
    requirements.push(requirement(tokens));
    const separator = tokens.next();
    if (separator === '') break;
    if (separator !== ',') throw found(separator, "',' or 'end of string'");
    if (!isWord(tokens.peek()) && tokens.peek() !== '!') throw found(tokens.peek(), "identifier after ','");
  }
  return labels => requirements.every(one => one(labels));
}

function requirement(tokens: Tokens): LabelSelector {
  const isAbsence = tokens.peek() === '!';
  if (isAbsence) tokens.next();
  const key = readKey(tokens.next());
  if (isAbsence) return labels => labelOf(labels, key) === undefined;
  if (tokens.peek() === '' || tokens.peek() === ',') return labels => labelOf(labels, key) !== undefined;
  const operator = tokens.next();
  switch (operator) {
    case '=':
    case '==': {
      const value = checked(readExact(tokens), key);
      return labels => labelOf(labels, key) === value;
    }
    case '!=': {
      const value = checked(readExact(tokens), key);
      return labels => labelOf(labels, key) !== value;
    }
    case 'in':
    case 'notin':
      return inSet(key, readList(tokens), operator === 'in');
    case '>':
    case '<':
      return compared(key, readExact(tokens), operator === '>');
    default:
      throw fail(`found '${operator}', expected: in, notin, =, ==, !=, gt, lt`);
  }
}

/** An absent label is in no set. */
function inSet(key: string, list: readonly string[], wanted: boolean): LabelSelector {
  const values = new Set(list.map((value, index) => checked(value, key, index)));
  return labels => {
    const value = labelOf(labels, key);
    return value === undefined ? !wanted : values.has(value) === wanted;
  };
}

function compared(key: string, text: string, greater: boolean): LabelSelector {
  if (!/^-?\d+$/.test(text)) {
    const why = "for 'Gt', 'Lt' operators, the value must be an integer";
    throw fail(`values[0]: Invalid value: ${JSON.stringify(text)}: ${why}`);
  }
  const bound = Number(text);
  return labels => {
    const value = Number(labelOf(labels, key) ?? Number.NaN);
    return greater ? value > bound : value < bound;
  };
}

function readKey(token: string): string {
  if (!isWord(token)) throw fail(`found '${token}', expected: identifier`);
  const [problem] = keyProblems(token);
  if (problem) throw fail(`<nil>: Invalid value: ${JSON.stringify(token)}: ${problem}`);
  return token;
}

function checked(value: string, key: string, index = 0): string {
  const [problem] = labelValueProblems(value);
  if (problem) throw fail(`values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${problem}`);
  return value;
}

function readExact(tokens: Tokens): string {
  if (tokens.peek() === '' || tokens.peek() === ',') return '';
  const value = tokens.next();
  if (SYMBOLS.has(value)) throw fail(`found '${value}', expected: identifier`);
  return value;
}

function readList(tokens: Tokens): string[] {
  if (tokens.peek() !== '(') throw fail(`found '${tokens.peek()}' expected: '('`);
  tokens.next();
  const values: string[] = [];
  for (;;) {
    values.push(isWord(tokens.peek()) ? tokens.next() : '');
    const separator = tokens.next();
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
    equal.every(([key, value]) => labelOf(labels, key) === value) &&
    expressions.every(({ key, operator, values = [] }) => {
      const value = labelOf(labels, key);
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      return (value !== undefined && values.includes(value)) === (operator === 'In');
    });
}
