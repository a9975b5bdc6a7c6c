import { JsonPathError, type Path, type PathNode, type SliceBounds, type Template } from './nodes.ts';
import { compare, Float } from './values.ts';

/** The results of each part of the template for `data`, in order; a field that is not there has no result. */
export function evaluate(template: Template, data: unknown): unknown[][] {
  return template.flatMap(part => {
    if (part.type === 'text') return [[part.text]];
    const results = walk(part.path, [data]);
    return part.type === 'path' ? [results] : results.flatMap(result => evaluate(part.body, result));
  });
}

function walk(path: Path, input: unknown[]): unknown[] {
  return path.reduce((values, node) => step(node, values), input);
}

function step(node: PathNode, input: unknown[]): unknown[] {
  switch (node.type) {
    case 'literal': {
      if (typeof node.value === 'string') return [node.value];
      const value = node.isFloat ? new Float(node.value as number) : node.value;
      return input.map(() => value);
    }
    case 'field':
      return input.flatMap(value => (hasField(value, node.name) ? [value[node.name]] : []));
    case 'wildcard':
      return input.flatMap(childrenOf);
    case 'recursive':
      return input.flatMap(descend);
    case 'slice':
      return input.flatMap(value => (value == null ? [] : slice(arrayOf(value, 'array or slice'), node.bounds)));
    case 'union':
      return node.paths.flatMap(path => walk(path, input));
    case 'filter':
      return input.flatMap(value =>
        arrayOf(value, 'array or slice and cannot be filtered').filter(item => passes(node, item)),
      );
    case 'word':
      throw new JsonPathError(`unrecognized identifier ${node.word}`);
  }
}

function hasField(value: unknown, name: string): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name);
}

/** kubectl walks a map in no particular order; ours is that of the keys, as JSON shows them. A string's are its bytes. */
function childrenOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') return [...Buffer.from(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value)
    .sort()
    .map(key => (value as Record<string, unknown>)[key]);
}

/** Everything that has children, from the top down. */
function descend(value: unknown): unknown[] {
  const children = childrenOf(value);
  return children.length === 0 ? [] : [value, ...children.flatMap(descend)];
}

function arrayOf(value: unknown, what: string): unknown[] {
  if (Array.isArray(value)) return value;
  const kind = value === null || value === undefined ? 'nothing' : `a value of type ${typeof value}`;
  throw new JsonPathError(`${kind} is not ${what}`);
}

function slice(list: readonly unknown[], bounds: SliceBounds): unknown[] {
  const { length } = list;
  let start = bounds.start ?? 0;
  if (start < 0) start += length;
  let end = bounds.end ?? length;
  if (end < 0 || (end === 0 && bounds.derived)) end += length;
  if (start === end) return [];
  const outside = (index: number) => new JsonPathError(`array index out of bounds: index ${index}, length ${length}`);
  if (start >= length || start < 0) throw outside(start);
  if (end > length || end < 0) throw outside(end - 1);
  if (start > end) throw new JsonPathError(`starting index ${start} is greater than ending index ${end}`);
  const by = bounds.step ?? 1;
  if (by <= 0) throw new JsonPathError('step must be > 0');
  return list.slice(start, end).filter((_, i) => i % by === 0);
}

function passes(node: PathNode & { type: 'filter' }, item: unknown): boolean {
  const lefts = walk(node.left, [item]);
  if (node.operator === 'exists') return lefts.length > 0;
  if (lefts.length === 0) return false;
  const rights = lefts.length === 1 ? walk(node.right, [item]) : [];
  if (lefts.length > 1 || rights.length > 1) throw new JsonPathError('can only compare one element at a time');
  return rights.length > 0 && compare(lefts[0], node.operator, rights[0]);
}
