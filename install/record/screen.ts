import type { IBufferCell, Terminal } from '@xterm/headless';

/** Words of one look. */
export interface Span {
  readonly column: number;
  readonly text: string;
  /** Of the sixteen colours of terminals; undefined: as the terminal has it. */
  readonly colour?: number;
  readonly bold?: true;
  readonly dim?: true;
}

/** What a terminal shows. */
export interface Screen {
  readonly lines: readonly (readonly Span[])[];
  readonly cursor: { readonly column: number; readonly row: number };
}

/** What `terminal` shows now. */
export function screenOf(terminal: Terminal): Screen {
  const { active } = terminal.buffer;
  const lines = Array.from({ length: terminal.rows }, (_, row) => spansOf(terminal, active.baseY + row));
  return { lines, cursor: { column: active.cursorX, row: active.cursorY } };
}

function spansOf(terminal: Terminal, y: number): Span[] {
  const line = terminal.buffer.active.getLine(y);
  const spans: { column: number; text: string; look: string }[] = [];
  for (let column = 0; column < terminal.cols; column++) {
    const cell = line?.getCell(column);
    if (!cell || cell.getWidth() === 0) continue; // the second half of a wide character
    const last = spans.at(-1);
    const look = JSON.stringify(lookOf(cell));
    const text = cell.getChars() || ' ';
    if (last?.look === look) last.text += text;
    else spans.push({ column, text, look });
  }
  const seen = spans.map(({ column, text, look }) => ({ column, text: text.trimEnd(), ...JSON.parse(look) }) as Span);
  return seen.filter(({ text }) => text !== '');
}

function lookOf(cell: IBufferCell): Omit<Span, 'column' | 'text'> {
  return {
    ...(cell.isFgPalette() && { colour: cell.getFgColor() }),
    ...(cell.isBold() && { bold: true as const }),
    ...(cell.isDim() && { dim: true as const }),
  };
}
