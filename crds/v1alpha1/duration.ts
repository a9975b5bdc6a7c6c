/** A Go duration as the CRD's pattern takes it (time.ParseDuration without a sign). */
export const DURATION_PATTERN = /^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$/;

const MS_PER_UNIT: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1e3, m: 6e4, h: 3.6e6 };
/** Go's largest duration, 2^63 - 1 ns, in milliseconds. */
const LONGEST_MS = 2 ** 63 / 1e6;

/** Milliseconds of a Go duration such as `1m30s`; undefined where it is not one, or longer than Go can hold. */
export function parseDuration(text: string): number | undefined {
  if (!DURATION_PATTERN.test(text)) return undefined;
  let ms = 0;
  for (const [, number, unit] of text.matchAll(/([0-9.]+)(ns|us|µs|ms|s|m|h)/g))
    ms += Number(number) * MS_PER_UNIT[unit!]!;
  return ms < LONGEST_MS ? ms : undefined;
}
