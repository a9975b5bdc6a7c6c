import { JsonPathError, type Part, type Path, type Template } from './nodes.ts';
import { PathParser } from './path-parser.ts';

/**
 * Parses a template in kubectl's dialect of JSONPath (client-go's util/jsonpath): text with paths in braces, and
 * blocks from {range …} to {end}.
 */
export function parseTemplate(text: string): Template {
  return nest(splitParts(text));
}

/** A path without braces, or with them, as --sort-by and custom-columns take it: `metadata.name`, `.metadata.name`, `{.metadata.name}`. */
export function parseRelaxedPath(text: string): Template {
  const [, inBraces, bare] = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(text) ?? [];
  const inner = inBraces ?? bare;
  if (inner === undefined) {
    throw new JsonPathError(
      `unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`,
    );
  }
  return parseTemplate(`{.${inner}}`);
}

type FlatPart = { readonly text: string } | { readonly path: Path };

function splitParts(template: string): FlatPart[] {
  const parts: FlatPart[] = [];
  for (let at = 0; at < template.length; ) {
    const open = template.indexOf('{', at);
    const end = open < 0 ? template.length : open;
    if (end > at) parts.push({ text: template.slice(at, end) });
    if (open < 0) break;
    const parser = new PathParser(template, open + 1);
    parts.push({ path: parser.parse() });
    at = parser.position;
  }
  return parts;
}

/**
 * Puts what stands between {range …} and its {end} inside it. A range that is never ended goes to the end, and kubectl
 * then goes on behind the last {end} that it has met inside.
 */
function nest(flat: readonly FlatPart[]): Template {
  let at = 0;
  let lastEnd = -1;
  const block = (depth: number): { parts: Part[]; isEnded: boolean } => {
    const parts: Part[] = [];
    for (; at < flat.length; at++) {
      const part = flat[at]!;
      const word = 'path' in part ? part.path.find(node => node.type === 'word')?.word : undefined;
      if (word === 'end') {
        if (depth === 0) throw new JsonPathError('not in range, nothing to end');
        lastEnd = at;
        return { parts, isEnded: true };
      }
      if ('text' in part) parts.push({ type: 'text', text: part.text });
      else if (word === undefined) parts.push({ type: 'path', path: part.path });
      else {
        if (word !== 'range') throw new JsonPathError(`unrecognized identifier ${word}`);
        const start = at++;
        const inner = block(depth + 1);
        parts.push({ type: 'range', path: part.path.filter(node => node.type !== 'word'), body: inner.parts });
        if (!inner.isEnded) at = Math.max(start, lastEnd);
      }
    }
    return { parts, isEnded: false };
  };
  return block(0).parts;
}
