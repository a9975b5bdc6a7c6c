/** Bounds of an array index or slice; `derived` is the end that a plain index implies. */
export interface SliceBounds {
  readonly start: number | undefined;
  readonly end: number | undefined;
  readonly step: number | undefined;
  readonly derived: boolean;
}

/** One step of a path, or a literal. */
export type PathNode =
  | { readonly type: 'literal'; readonly value: string | number | boolean; readonly isFloat?: boolean }
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'wildcard' }
  | { readonly type: 'recursive' }
  | { readonly type: 'slice'; readonly bounds: SliceBounds }
  | { readonly type: 'union'; readonly paths: readonly Path[] }
  | { readonly type: 'filter'; readonly left: Path; readonly operator: string; readonly right: Path }
  | { readonly type: 'word'; readonly word: string };

/** Steps that are walked one after another. */
export type Path = readonly PathNode[];

/** A part of a template: text, the results of a path, or a block that is repeated for each result. */
export type Part =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'path'; readonly path: Path }
  | { readonly type: 'range'; readonly path: Path; readonly body: readonly Part[] };

/** A parsed template. */
export type Template = readonly Part[];

/** A template that can't be parsed, or does not fit the object. */
export class JsonPathError extends Error {
  override readonly name = 'JsonPathError';
}
