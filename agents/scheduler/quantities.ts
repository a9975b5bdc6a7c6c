/** Integer amounts by resource name; one that is missing is 0. */
export type Quantities = Readonly<Record<string, number>>;

/** Whether `wanted` can be taken out of `free`. */
export function fits(wanted: Quantities, free: Quantities): boolean {
  for (const name in wanted) if (wanted[name]! > (free[name] ?? 0)) return false;
  return true;
}

/** `a + sign * b`, by name. */
export function add(a: Quantities, b: Quantities, sign: 1 | -1 = 1): Quantities {
  const sum: Record<string, number> = { ...a };
  for (const name in b) sum[name] = (sum[name] ?? 0) + sign * b[name]!;
  return sum;
}

/** The quantities of a capacity annotation; undefined where it is missing or not a map of integers. */
export function parseQuantities(text: string | undefined): Quantities | undefined {
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // not ours, or tampered with: such a Pod offers nothing
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.values(value).every(Number.isInteger) ? (value as Quantities) : undefined;
}
