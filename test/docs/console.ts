/** A command of a page, and what the page says that it prints. */
export interface Example {
  readonly command: string;
  readonly output: string;
  /** Line of the page, from 1. */
  readonly line: number;
}

/** The commands behind `$ ` in the console blocks of a page of Markdown; a block without them is not to be tried. */
export function examplesOf(markdown: string): Example[] {
  const examples: { command: string; output: string; line: number }[] = [];
  let block: 'other' | 'console' | 'example' = 'other';
  for (const [index, line] of markdown.split('\n').entries()) {
    if (line.startsWith('```')) block = line === '```console' ? 'console' : 'other';
    else if (block !== 'other' && line.startsWith('$ ')) {
      examples.push({ command: line.slice(2), output: '', line: index + 1 });
      block = 'example';
    } else if (block === 'example') examples.at(-1)!.output += `${line}\n`;
  }
  return examples;
}

/** Whether a command printed what its example says: `…` stands for anything, as a line for any lines; blanks are alike. */
export function matches(actual: string, { output }: Example): boolean {
  const pattern = squeeze(output)
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/^…$/gm, '[\\s\\S]*')
    .replaceAll('…', '.*');
  return new RegExp(`^${pattern}$`).test(squeeze(actual));
}

function squeeze(text: string): string {
  return text
    .replace(/[ \t]+/g, ' ')
    .replace(/ $/gm, '')
    .trimEnd();
}
