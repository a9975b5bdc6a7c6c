/**
 * The path of the first thing in `wanted` that `actual` has not, such as `rules[2].verbs`; undefined where it has all.
 * What it has beside is the API server's, or another hand's: defaults, labels, notes.
 */
export function firstDifference(wanted: unknown, actual: unknown): string | undefined {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(actual) || actual.length !== wanted.length) return '';
    return within(wanted.map((value, i) => [`[${i}]`, value, actual[i]]));
  }
  if (typeof wanted === 'object' && wanted !== null) {
    // an empty object is what an API server leaves out
    const present = (actual ?? {}) as Record<string, unknown>;
    if (typeof present !== 'object') return '';
    return within(Object.entries(wanted).map(([key, value]) => [`.${key}`, value, present[key]]));
  }
  return wanted === actual ? undefined : '';
}

function within(parts: readonly (readonly [step: string, wanted: unknown, actual: unknown])[]): string | undefined {
  for (const [step, wanted, actual] of parts) {
    const rest = firstDifference(wanted, actual);
    if (rest !== undefined) return `${step}${rest}`;
  }
  return undefined;
}
