import type { Frame } from './frames.ts';
import type { Screen, Span } from './screen.ts';

const CELL = { width: 8.4, height: 18 } as const;
const MARGIN = 14;
const BAR = 26;
const COLOURS = [
  ...['#484f58', '#ff7b72', '#3fb950', '#d29922', '#58a6ff', '#bc8cff', '#39c5cf', '#b1bac4'],
  ...['#6e7681', '#ffa198', '#56d364', '#e3b341', '#79c0ff', '#d2a8ff', '#56d4dd', '#f0f6fc'],
];

/** What a film needs to know beside its frames. */
export interface FilmOptions {
  readonly columns: number;
  readonly rows: number;
  readonly title: string;
  /** For those who can't see it. */
  readonly description: string;
}

/**
 * An SVG that shows frames one behind the other, for ever, in any browser and with nothing from outside: all frames
 * stand side by side on a strip that is moved by steps. Who wants no motion sees the last.
 */
export function filmSvg(frames: readonly Frame[], { columns, rows, title, description }: FilmOptions): string {
  const width = Math.ceil(columns * CELL.width) + 2 * MARGIN;
  const height = rows * CELL.height + BAR + 2 * MARGIN;
  const lines = new Map<string, string>();
  const strip = frames.map(({ screen }, i) => frameSvg(screen, i * width, lines)).join('');
  const total = frames.reduce((sum, { ms }) => sum + ms, 0);
  const last = (frames.length - 1) * width;
  const defs = [...lines].map(([content, id]) => `<g id="${id}">${content}</g>`).join('\n');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="t d">
<title id="t">${escaped(title)}</title>
<desc id="d">${escaped(description)}</desc>
<style>
text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#e6edf3}
.b{font-weight:700}.d{opacity:.6}${COLOURS.map((colour, i) => `.c${i}{fill:${colour}}`).join('')}
#s{transform:translateX(-${last}px);animation:f ${total}ms steps(1,end) infinite}
@keyframes f{${steps(frames, width, total)}}
@media (prefers-reduced-motion:reduce){#s{animation:none}}
</style>
<defs>
${defs}
</defs>
<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>
<g fill="#30363d"><circle cx="18" cy="16" r="5"/><circle cx="36" cy="16" r="5"/><circle cx="54" cy="16" r="5"/></g>
<svg x="${MARGIN}" y="${BAR + MARGIN}" width="${width - 2 * MARGIN}" height="${height - BAR - MARGIN}"><g id="s">${strip}</g></svg>
</svg>
`;
}

function steps(frames: readonly Frame[], width: number, total: number): string {
  let at = 0;
  const rules = frames.map(({ ms }, i) => {
    const rule = `${+((at / total) * 100).toFixed(3)}%{transform:translateX(-${i * width}px)}`;
    at += ms;
    return rule;
  });
  return `${rules.join('')}100%{transform:translateX(-${(frames.length - 1) * width}px)}`;
}

/** A frame at its place on the strip; each line is drawn once, however often it is seen. */
function frameSvg({ lines, cursor }: Screen, x: number, known: Map<string, string>): string {
  const uses = lines.flatMap((spans, row) => {
    if (spans.length === 0) return [];
    const content = spans.flatMap(wordsOf).map(spanSvg).join('');
    const id = known.get(content) ?? `l${known.size}`;
    known.set(content, id);
    return [`<use href="#${id}" y="${row * CELL.height}"/>`];
  });
  const place = `x="${round(cursor.column * CELL.width)}" y="${cursor.row * CELL.height + 1}"`;
  uses.push(`<rect ${place} width="${CELL.width}" height="${CELL.height - 2}" fill="#8b949e"/>`);
  return `\n<g transform="translate(${x})">${uses.join('')}</g>`;
}

/** Without the blanks that a browser would take for one, or for none. */
function wordsOf({ column, text, ...look }: Span): Span[] {
  const words = [...text.matchAll(/\S+(?: \S+)*/g)];
  return words.map(({ 0: word, index }) => ({ column: column + index, text: word, ...look }));
}

/** As wide as its cells, whatever font there is. */
function spanSvg({ column, text, colour, bold, dim }: Span): string {
  const looks = [colour !== undefined && colour < 16 && `c${colour}`, bold && 'b', dim && 'd'].filter(Boolean);
  const look = looks.length > 0 ? ` class="${looks.join(' ')}"` : '';
  const at = column > 0 ? ` x="${round(column * CELL.width)}"` : '';
  const length = round([...text].length * CELL.width);
  return `<text${at} y="14"${look} textLength="${length}" lengthAdjust="spacingAndGlyphs">${escaped(text)}</text>`;
}

const round = (number: number) => +number.toFixed(1);

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
