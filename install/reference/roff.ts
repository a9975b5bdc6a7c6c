/** Longer lines are nothing that a person who edits such a page would write. */
const WIDTH = 78;

/** Paragraphs of text. */
export function paragraphs(texts: readonly string[]): string {
  return texts.map(text => `${folded(text)}\n`).join('.PP\n');
}

/** A text of many words on lines of their own. */
export function folded(text: string): string {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    const line = [lines.at(-1)!, roff(word)].filter(Boolean).join(' ');
    if (line.length <= WIDTH) lines[lines.length - 1] = line;
    else lines.push(roff(word));
  }
  return lines.join('\n');
}

/** A text in the language of man pages, with every character as it is typed. */
export function roff(text: string): string {
  const plain = text.replaceAll('\\', '\\(rs').replace(/['`^~"-]|[^\0-\x7f]/gu, character => {
    const name = NAMES[character];
    return name ?? `\\[u${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`;
  });
  // a dot at the beginning of a line would be a request
  return plain.replace(/^\./gm, '\\&.');
}

/** What groff would otherwise turn into typographic relatives. */
const NAMES: Readonly<Record<string, string>> = {
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
  '"': '\\(dq',
  '-': '\\-',
};

/** A section of a page; nothing where it has no text. */
export function section(title: string, body: string): string {
  return body === '' ? '' : `.SH ${title}\n${body}`;
}

/** Terms with their meanings; what a user puts in for <value> is set apart. */
export function terms(entries: readonly (readonly [term: string, meaning: string])[]): string {
  return entries.map(([term, meaning]) => `.TP\n${termText(term.trim())}\n${folded(meaning)}\n`).join('');
}

function termText(term: string): string {
  const parts = term.split(/(<[^>]*>)/).filter(Boolean);
  const marked = parts.map(part =>
    part.startsWith('<') ? `\\fI${roff(part.slice(1, -1))}\\fR` : `\\fB${roff(part)}\\fR`,
  );
  return marked.join('');
}

/** Lines that are typed. */
export function typed(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `.EX\n${lines.map(line => `${roff(line)}\n`).join('')}.EE\n`;
}
