import type { KubeObject } from '../../crds/v1alpha1/meta.ts';
import { evaluate, parseRelaxedPath, type Template } from '../jsonpath/index.ts';
import { asUsage } from './as-usage.ts';

/** Reads the value of --sort-by; throws a usage error where it is no path. */
export function parseSortKey(text: string): Template {
  return asUsage('--sort-by', () => parseRelaxedPath(text), 'such as .metadata.creationTimestamp or .status.exitCode');
}

/** Objects in the order of what is at `key`, those without it first, as kubectl has it. */
export function sortBy<T extends KubeObject>(objects: readonly T[], key: Template): T[] {
  const keyed = asUsage('--sort-by', () => objects.map(object => ({ object, value: evaluate(key, object).flat()[0] })));
  return keyed.sort((a, b) => compare(a.value, b.value)).map(({ object }) => object);
}

function compare(a: unknown, b: unknown): number {
  if (a == null || b == null) return Number(a != null) - Number(b != null);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return naturally(String(a), String(b));
}

/** run-9 before run-10. */
function naturally(a: string, b: string): number {
  const [as, bs] = [a.match(/\d+|\D+/g) ?? [], b.match(/\d+|\D+/g) ?? []];
  for (let i = 0; i < Math.min(as.length, bs.length); i++) {
    const [x, y] = [as[i]!, bs[i]!];
    if (x === y) continue;
    const bothNumbers = /^\d/.test(x) && /^\d/.test(y);
    return bothNumbers && Number(x) !== Number(y) ? Number(x) - Number(y) : x < y ? -1 : 1;
  }
  return as.length - bs.length;
}
