import { isObject } from '../object.ts';

/** The values that a path finds in a value, in order. */
export type JsonPath = (value: unknown) => unknown[];

type Step = (values: unknown[]) => unknown[];

/**
 * Compiles the part of Kubernetes' JSONPath that CRDs use: `.a.b`, `['a']`, `[0]`, `[-1]`, `[*]`, `[?(@.a=="b")]`.
 * Throws on any other syntax.
 */
export function compileJsonPath(path: string): JsonPath {
  const steps: Step[] = [];
  let rest = path.replace(/^\$/, '');
  while (rest !== '') {
    const match = STEPS.map(([pattern, make]) => [pattern.exec(rest), make] as const).find(([found]) => found);
    if (!match) throw new Error(`unsupported JSONPath: ${path}`);
    steps.push(match[1](match[0]!));
    rest = rest.slice(match[0]![0].length);
  }
  return value => steps.reduce<unknown[]>((values, step) => step(values), [value]);
}

const STEPS: [RegExp, (match: RegExpExecArray) => Step][] = [
  [/^\.((?:\\.|[^.[\]\\])+)/, match => field(match[1]!.replace(/\\(.)/g, '$1'))],
  [/^\[['"]([^'"]+)['"]\]/, match => field(match[1]!)],
  [/^\[(-?\d+)\]/, match => item(Number(match[1]))],
  [
    /^\[\*\]/,
    () => values =>
      values.flatMap(value => (Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [])),
  ],
  [
    /^\[\?\(@\.([\w.]+)\s*==\s*['"]([^'"]*)['"]\s*\)\]/,
    match => {
      const get = compileJsonPath(`.${match[1]}`);
      return values =>
        values.flatMap(value => (Array.isArray(value) ? value : [])).filter(each => get(each)[0] === match[2]);
    },
  ],
];

const field =
  (name: string): Step =>
  values =>
    values.flatMap(value => (isObject(value) && value[name] !== undefined ? [value[name]] : []));

const item =
  (index: number): Step =>
  values =>
    values.flatMap(value => {
      const found = Array.isArray(value) ? value.at(index) : undefined;
      return found === undefined ? [] : [found];
    });
