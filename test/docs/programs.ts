/** A program of a page, and what the page says that it prints. */
export interface Program {
  readonly source: string;
  readonly output: string;
  /** Line of the page where it begins, from 1. */
  readonly line: number;
}

/** The programs in the `ts` blocks of a page of Markdown, each with the `text` block behind it. */
export function programsOf(markdown: string): Program[] {
  const blocks = [...markdown.matchAll(/^```(ts|text)\n([\s\S]*?)^```$/gm)];
  return blocks.flatMap(([, language, source = ''], i) => {
    if (language !== 'ts') return [];
    const next = blocks[i + 1];
    const line = markdown.slice(0, blocks[i]!.index).split('\n').length + 1;
    return [{ source, output: next?.[1] === 'text' ? next[2]! : '', line }];
  });
}
