/** A word or flag, and what it is for. */
export type Entry = readonly [term: string, meaning: string];

/** Lines longer than this are hard to read, however wide the terminal is. */
const WIDEST = 100;
/** A column of meanings narrower than this is put below its terms. */
const LEAST_MEANING = 28;
const INDENT = '  ';

/** Terms with their meanings in a second column, wrapped to the width of the terminal; below the terms where it is narrow. */
export function entriesText(entries: readonly Entry[], columns: number): string {
  const width = Math.min(columns, WIDEST);
  const left = INDENT.length + Math.max(0, ...entries.map(([term]) => term.length)) + 2;
  const isNarrow = width - left < LEAST_MEANING;
  const margin = isNarrow ? INDENT.length * 4 : left;
  const lines = entries.map(([term, meaning]) => {
    const text = wrap(meaning, width - margin).join(`\n${' '.repeat(margin)}`);
    if (isNarrow) return `${INDENT}${term.trimStart()}\n${' '.repeat(margin)}${text}`;
    return `${INDENT}${term.padEnd(left - INDENT.length)}${text}`;
  });
  return lines.map(line => `${line.trimEnd()}\n`).join('');
}

/** A text, wrapped to the width of the terminal. */
export function paragraph(text: string, columns: number): string {
  return `${wrap(text, Math.min(columns, WIDEST)).join('\n')}\n`;
}

/** Lines that are typed, so they are never wrapped. */
export function linesText(lines: readonly string[]): string {
  return lines.map(line => `${INDENT}${line}\n`).join('');
}

/** One long line that is typed: what does not fit stands below, further in. */
export function usageText(line: string, columns: number): string {
  const lines = wrap(line, Math.min(columns, WIDEST) - 3 * INDENT.length);
  return `${INDENT}${lines.join(`\n${INDENT.repeat(3)}`)}\n`;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
