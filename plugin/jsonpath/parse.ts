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

/** Puts what stands between {range …} and its {end} inside it; a range that is not ended goes to the end. */
function nest(flat: readonly FlatPart[]): Template {
  let at = 0;
  const block = (depth: number): Part[] => {
    const parts: Part[] = [];
    for (; at < flat.length; at++) {
      const part = flat[at]!;
      if ('text' in part) {
        parts.push({ type: 'text', text: part.text });
        continue;
      }
      const word = part.path.find(node => node.type === 'word')?.word;
      if (word === 'end') {
        if (depth === 0) throw new JsonPathError('not in range, nothing to end');
        return parts;
      }
      if (word === undefined) {
        parts.push({ type: 'path', path: part.path });
        continue;
      }
      if (word !== 'range') throw new JsonPathError(`unrecognized identifier ${word}`);
      at += 1;
      const path = part.path.filter(node => node.type !== 'word');
      parts.push({ type: 'range', path, body: block(depth + 1) });
    }
    return parts;
  };
  return block(0);
}
