import { evaluate } from './evaluate.ts';
import type { Template } from './nodes.ts';
import { textOf } from './values.ts';

export { evaluate } from './evaluate.ts';
export { JsonPathError, type Template } from './nodes.ts';
export { parseRelaxedPath, parseTemplate } from './parse.ts';
export { sprint } from './values.ts';

/** What `kubectl get -o jsonpath` prints of `data`: results of one path are a space apart, and nothing ends the text. */
export function render(template: Template, data: unknown): string {
  return evaluate(template, data)
    .map(results => results.map(textOf).join(' '))
    .join('');
}
