/** Objects and lists may stand this deep in each other, as in Go's decoder. */
const MOST_DEPTH = 10_000;

/** Whether JSON `text` is nested deeper than is read: V8 would read it, and the walks over it would end the stack. */
export function isTooDeep(text: string): boolean {
  if (text.length <= MOST_DEPTH) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === BRACE || code === BRACKET) {
      if (++depth > MOST_DEPTH) return true;
    } else if (code === BRACE_END || code === BRACKET_END) depth--;
  }
  return false;
}

const [QUOTE, BRACE, BRACKET, BRACE_END, BRACKET_END] = [0x22, 0x7b, 0x5b, 0x7d, 0x5d];

/** The place of the quote that ends the string which begins at `start`; the text's length where none does. */
export function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text[end - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}

/** Why `text` is no JSON, in the words of Go's decoder as far as users meet them. */
export function jsonProblem(text: string, error: unknown): string {
  const { message } = error as Error;
  const at = Number(/at position (\d+)/.exec(message)?.[1] ?? Number.NaN);
  const found = Number.isNaN(at) ? /Unexpected token '?(.)'?/u.exec(message)?.[1] : text[at];
  if (found === undefined || /end of JSON|Unterminated/i.test(message)) return 'unexpected end of JSON input';
  const where = PLACES.find(([pattern]) => pattern.test(message))?.[1] ?? 'looking for beginning of value';
  return `invalid character ${quoted(found)} ${where}`;
}

const PLACES: [RegExp, string][] = [
  [/property name/, 'looking for beginning of object key string'],
  [/':' after property name/, 'after object key'],
  [/after property value|Unexpected number/, 'after object key:value pair'],
  [/after array element/, 'after array element'],
  [/control character/, 'in string literal'],
  [/escaped character/, 'in string escape code'],
  [/non-whitespace character/, 'after top-level value'],
];

const quoted = (character: string) => (character === "'" ? "'\\''" : `'${JSON.stringify(character).slice(1, -1)}'`);

/** A body as error texts show it: its beginning, in hexadecimal unless it begins like an object. */
export function summary(text: string): string {
  if (text === '') return '<empty>';
  const bytes = Buffer.from(text);
  const shown = bytes.subarray(0, 30).toString(text.startsWith('{') ? 'utf8' : 'hex');
  return bytes.length > 30 ? `${shown} ...` : shown;
}
