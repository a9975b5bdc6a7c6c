import { JsonPathError } from './nodes.ts';

/** A literal float of a path, which kubectl tells apart from an integer when it compares. */
export class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** Compares as Go templates do: only values of one kind, and in order only numbers and strings. */
export function compare(left: unknown, operator: string, right: unknown): boolean {
  const kind = kindOf(left);
  const other = kindOf(right);
  if (kind !== other) throw new JsonPathError('incompatible types for comparison');
  const [a, b] = [plain(left), plain(right)] as [string, string];
  if (operator === '==') return a === b;
  if (operator === '!=') return a !== b;
  if (!['<', '<=', '>', '>='].includes(operator)) throw new JsonPathError(`unrecognized filter operator ${operator}`);
  if (kind === 'bool') throw new JsonPathError('invalid type for comparison');
  if (operator === '<') return a < b;
  if (operator === '<=') return a <= b;
  return operator === '>' ? a > b : a >= b;
}

function kindOf(value: unknown): 'string' | 'bool' | 'int' | 'float' {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  if (value instanceof Float) return 'float';
  throw new JsonPathError('invalid type for comparison');
}

const plain = (value: unknown) => (value instanceof Float ? value.value : value);

/** One result as text: objects and lists as JSON, the rest as Go prints it. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (value instanceof Float) return numberText(value.value);
  if (typeof value === 'object') return goJson(value);
  return typeof value === 'number' ? numberText(value) : String(value);
}

/** One result as Go's %v prints it, which custom columns show: `map[a:1 b:2]` and `[x y]`. */
export function sprint(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(sprint).join(' ')}]`;
  if (typeof value !== 'object') return textOf(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, inner]) => `${key}:${sprint(inner)}`).join(' ')}]`;
}

/** JSON as Go writes it: keys in order, and nothing that HTML would take for its own. */
function goJson(value: unknown): string {
  const text = JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
  return text.replace(/[<>&\u2028\u2029]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Go's %v of a number: an exponent has two digits at least, and is used below 1e-4. */
function numberText(value: number): string {
  const text = value !== 0 && Math.abs(value) < 1e-4 ? value.toExponential() : String(value);
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}
