import { JsonPathError } from './nodes.ts';

const SIMPLE: Record<string, string> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** The text of a string in single or double quotes, with Go's escapes. */
export function unquote(quoted: string): string {
  return quoted
    .slice(1, -1)
    .replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.|$)/g, (_, sequence: string) => {
      const simple = SIMPLE[sequence];
      if (simple !== undefined) return simple;
      const code = /^[xuU]./.test(sequence) ? Number.parseInt(sequence.slice(1), 16) : Number.parseInt(sequence, 8);
      if (sequence.length < 3 || Number.isNaN(code) || code > 0x10ffff) {
        throw new JsonPathError(`unquote string ${quoted} error invalid syntax`);
      }
      return String.fromCodePoint(code);
    });
}
