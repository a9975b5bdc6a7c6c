import { JsonPathError, type Path, type PathNode, type SliceBounds } from './nodes.ts';
import { unquote } from './unquote.ts';

const TERMINATORS = ' \t\r\n.,[]$@{}';
const FILTER = /^([^!<>=]+)([!<>=]+)(.+?)$/s;
const SLICE = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/;

/** Parses what stands in one pair of braces; `position` is behind the closing one once that is done. */
export class PathParser {
  readonly #input: string;
  readonly #nodes: PathNode[] = [];
  position: number;

  constructor(input: string, position: number) {
    this.#input = input;
    this.position = position;
  }

  parse(): Path {
    while (!this.#step());
    return this.#nodes;
  }

  /** Takes the next node; true at the closing brace. */
  #step(): boolean {
    const rest = this.#input.slice(this.position);
    if (rest.startsWith('}')) {
      this.position += 1;
      return true;
    }
    if (rest.startsWith('[?(')) this.#filter();
    else if (rest.startsWith('..')) this.#recursive();
    else this.#simple(rest[0] ?? '');
    return false;
  }

  #simple(char: string): void {
    if (char === '' || char === '\n' || char === '\r') throw new JsonPathError('unclosed action');
    else if (char === ' ' || char === '@' || char === '$') this.position += 1;
    else if (char === '[') this.#brackets();
    else if (char === '"' || char === "'") this.#quoted(char);
    else if (char === '.') {
      this.position += 1;
      this.#field();
    } else if (/[-+\d]/.test(char)) this.#number();
    else if (/[_\p{L}\p{Nd}]/u.test(char)) this.#word();
    else throw new JsonPathError(`unrecognized character in action: '${char}'`);
  }

  #field(): void {
    let end = this.position;
    // a backslash takes the meaning from the character behind it
    while (end < this.#input.length && !TERMINATORS.includes(this.#input[end]!))
      end += this.#input[end] === '\\' ? 2 : 1;
    const name = this.#take(Math.min(end, this.#input.length));
    this.#nodes.push(name === '*' ? { type: 'wildcard' } : { type: 'field', name: name.replaceAll('\\', '') });
  }

  #word(): void {
    let end = this.position;
    while (end < this.#input.length && !TERMINATORS.includes(this.#input[end]!)) end += 1;
    const word = this.#take(end);
    const isBoolean = word === 'true' || word === 'false';
    this.#nodes.push(isBoolean ? { type: 'literal', value: word === 'true' } : { type: 'word', word });
  }

  #number(): void {
    const [text] = /^[-+]?[.\d]*/.exec(this.#input.slice(this.position))!;
    this.position += text.length;
    const isFloat = text.includes('.');
    const value = Number(text);
    if (Number.isNaN(value) || !/\d/.test(text)) throw new JsonPathError(`cannot parse number ${text}`);
    this.#nodes.push({ type: 'literal', value, isFloat });
  }

  #recursive(): void {
    if (this.#nodes.at(-1)?.type === 'recursive') throw new JsonPathError('invalid multiple recursive descent');
    this.position += 2;
    this.#nodes.push({ type: 'recursive' });
    if (/[_\p{L}\p{Nd}]/u.test(this.#input[this.position] ?? '')) this.#field();
  }

  #quoted(quote: string): void {
    let end = this.position + 1;
    while (this.#input[end] !== quote || this.#input[end - 1] === '\\') {
      if (end >= this.#input.length || this.#input[end] === '\n') throw new JsonPathError('unterminated quoted string');
      end += 1;
    }
    this.#nodes.push({ type: 'literal', value: unquote(this.#take(end + 1)) });
  }

  #brackets(): void {
    const end = this.#input.slice(this.position).search(/[\]\n]/);
    if (end < 0 || this.#input[this.position + end] === '\n') throw new JsonPathError('unterminated array');
    const inner = this.#take(this.position + end + 1).slice(1, -1);
    const items = inner.split(',');
    if (items.length > 1) this.#nodes.push({ type: 'union', paths: items.map(item => parsePath(`[${item.trim()}]`)) });
    else this.#nodes.push(...bracketNodes(inner));
  }

  #filter(): void {
    this.position += 3;
    const start = this.position;
    let quote = '';
    let closed = false;
    for (let at = start; ; at++) {
      const char = this.#input[at];
      if (char === undefined || char === '\n') throw new JsonPathError('unterminated filter');
      if ((char === '"' || char === "'") && quote === '') quote = char;
      else if (char === quote && this.#input[at - 1] !== '\\') closed = true;
      else if (char === ')' && (quote !== '') === closed) {
        if (this.#input[at + 1] !== ']') throw new JsonPathError('unclosed array expect ]');
        this.position = at + 2;
        this.#nodes.push(filterNode(this.#input.slice(start, at)));
        return;
      }
    }
  }

  /** The text up to `end`, which is the new position. */
  #take(end: number): string {
    const text = this.#input.slice(this.position, end);
    this.position = end;
    return text;
  }
}

function parsePath(text: string): Path {
  return new PathParser(`${text}}`, 0).parse();
}

function filterNode(text: string): PathNode {
  const [, left, operator, right] = FILTER.exec(text) ?? [];
  if (left === undefined) return { type: 'filter', left: parsePath(text), operator: 'exists', right: [] };
  return { type: 'filter', left: parsePath(left), operator: operator!, right: parsePath(right!) };
}

function bracketNodes(text: string): Path {
  const [, key] = /^'([^']*)'$/.exec(text) ?? [];
  if (key !== undefined) return parsePath(`.${key}`);
  const found = SLICE.exec(text === '*' ? ':' : text);
  if (!found) throw new JsonPathError(`invalid array index ${text}`);
  const [start, end, step] = found.slice(1).map(part => part?.replace(':', ''));
  const number = (part: string | undefined) => (part ? Number(part) : undefined);
  const derived = end === undefined;
  const bounds: SliceBounds = {
    start: number(start),
    end: derived ? (number(start) ?? 0) + 1 : number(end),
    step: number(step),
    derived,
  };
  return [{ type: 'slice', bounds }];
}
