/** What stands on top of every generated page. */
export const GENERATED = '<!-- Made by npm run docs from the code: change it there. -->\n';

/** A table; a `|` inside a cell is escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return [head, head.map(() => '---'), ...rows].map(line).join('');
}

/** A text as it stands on a terminal. */
export function block(text: string, language = 'text'): string {
  return `\`\`\`${language}\n${text}\`\`\`\n`;
}

/** Words in the type of code. */
export const code = (text: string): string => `\`${text}\``;
