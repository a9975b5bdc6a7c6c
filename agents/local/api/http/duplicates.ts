import { endOfString } from './json-problem.ts';

interface Frame {
  readonly path: string;
  /** Names met so far; undefined in an array. */
  readonly names: Set<string> | undefined;
  index: number;
  name: string;
}

/**
 * A text for each field that stands twice in one object of `text`, which must be valid JSON: JSON.parse keeps the
 * last and tells nothing.
 */
export function duplicateFields(text: string): string[] {
  const found = new Set<string>();
  const stack: Frame[] = [];
  for (let at = 0; at < text.length; at++) {
    const frame = stack.at(-1);
    switch (text.charCodeAt(at)) {
      case 0x22: {
        const end = endOfString(text, at);
        if (frame?.names && expectsName(text, end)) takeName(frame, text.slice(at, end + 1), found);
        at = end;
        break;
      }
      case 0x7b:
        stack.push({ path: pathOf(frame), names: new Set(), index: 0, name: '' });
        break;
      case 0x5b:
        stack.push({ path: pathOf(frame), names: undefined, index: 0, name: '' });
        break;
      case 0x7d:
      case 0x5d:
        stack.pop();
        break;
      case 0x2c:
        if (frame && !frame.names) frame.index++;
        break;
    }
  }
  return [...found].map(path => `duplicate field "${path}"`);
}

/** A string is a name when a colon follows it. */
function expectsName(text: string, end: number): boolean {
  let at = end + 1;
  while (/\s/.test(text[at] ?? '')) at++;
  return text[at] === ':';
}

function takeName(frame: Frame, quoted: string, found: Set<string>): void {
  frame.name = quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
  const names = frame.names!;
  if (names.has(frame.name)) found.add(frame.path === '' ? frame.name : `${frame.path}.${frame.name}`);
  names.add(frame.name);
}

function pathOf(frame: Frame | undefined): string {
  if (!frame) return '';
  if (!frame.names) return `${frame.path}[${frame.index}]`;
  return frame.path === '' ? frame.name : `${frame.path}.${frame.name}`;
}
