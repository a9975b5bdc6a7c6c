const POWERS_OF_TEN: Record<string, number> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const QUANTITY = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)([eE][+-]?\d+|[KMGTPE]i|[numkMGTPE]?)$/;
/** The finest step that a quantity has: a billionth, as in Kubernetes. */
const NANO = 9;

interface Quantity {
  /** In billionths. */
  readonly nanos: bigint;
  readonly form: 'binary' | 'decimal' | 'exponent';
}

/** A quantity such as `500m` or `1Gi`, in billionths; undefined where `text` is none. */
export function parseQuantity(text: string): bigint | undefined {
  return parse(text)?.nanos;
}

/** `text` as Kubernetes writes it back: `0.5` is `500m`, `1024Mi` is `1Gi`; undefined where it is no quantity. */
export function canonicalQuantity(text: string): string | undefined {
  const quantity = parse(text);
  if (!quantity) return undefined;
  const { nanos, form } = quantity;
  const sign = nanos < 0n ? '-' : '';
  const size = nanos < 0n ? -nanos : nanos;
  // what is no whole number, or below 1 Ki, is written in decimal steps
  const binary = form === 'binary' && size >= 1024n * 10n ** 9n && size % 10n ** 9n === 0n;
  return sign + (binary ? writeBinary(size / 10n ** 9n) : writeDecimal(size, form === 'exponent'));
}

function parse(text: string): Quantity | undefined {
  const match = QUANTITY.exec(text);
  if (!match) return undefined;
  const [, sign, number, suffix] = match as unknown as [string, string, string, string];
  const [whole = '', fraction = ''] = number.split('.', 2);
  const digits = BigInt(whole + fraction || '0');
  const binary = BINARY.indexOf(suffix);
  const isExponent = /^[eE][+-]?\d/.test(suffix);
  const power = isExponent ? Number(suffix.slice(1)) : (POWERS_OF_TEN[suffix] ?? 0);
  if (Math.abs(power) > 30) return undefined;
  const scaled = binary > 0 ? digits * 1024n ** BigInt(binary) : digits;
  const nanos = shift(scaled, power - fraction.length + NANO);
  return {
    nanos: sign === '-' ? -nanos : nanos,
    form: binary > 0 ? 'binary' : isExponent ? 'exponent' : 'decimal',
  };
}

/** `value` times a power of ten; what is smaller than one step counts as a whole one. */
function shift(value: bigint, power: number): bigint {
  if (power >= 0) return value * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(-power);
  return (value + divisor - 1n) / divisor;
}

function writeBinary(size: bigint): string {
  let left = size;
  let step = 0;
  while (left % 1024n === 0n && step < BINARY.length - 1) {
    left /= 1024n;
    step++;
  }
  return `${left}${BINARY[step]}`;
}

function writeDecimal(nanos: bigint, exponent: boolean): string {
  if (nanos === 0n) return '0';
  let left = nanos;
  let power = -NANO;
  while (left % 1000n === 0n && power < 18) {
    left /= 1000n;
    power += 3;
  }
  if (exponent) return power === 0 ? String(left) : `${left}e${power}`;
  return `${left}${Object.entries(POWERS_OF_TEN).find(([, step]) => step === power)![0]}`;
}
