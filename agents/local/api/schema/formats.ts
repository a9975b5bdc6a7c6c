import type { Format } from 'ajv';

const DATE_TIME =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt]([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const GO_DURATION =
  /^[+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h|d|w)([+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h|d|w))*$/;

/** Whether a number is an integer of 64 bits; what is larger is read as a fraction by Go. */
export const isInt64 = (value: number): boolean => isIntegerWithin(value, 2 ** 63);
const isIntegerWithin = (value: number, bound: number) => Number.isInteger(value) && value >= -bound && value < bound;

const integerWithin = (bound: number): Format => ({
  type: 'number',
  validate: (value: number) => !Number.isInteger(value) || isIntegerWithin(value, bound),
});

/** The days of months count, which Date.parse does not mind. */
function isDay(text: string): boolean {
  const [year, month, day] = text.slice(0, 10).split('-').map(Number) as [number, number, number];
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
}

/** The formats of CRD schemas that are checked; Kubernetes ignores those that it does not know. */
export const FORMATS: Record<string, Format> = {
  'date-time': (text: string) => DATE_TIME.test(text) && isDay(text),
  date: (text: string) => DATE.test(text) && isDay(text),
  duration: GO_DURATION,
  byte: /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  uuid: /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i,
  email: /^[^\s@]+@[^\s@]+$/,
  hostname: /^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?)*$/,
  ipv4: /^((25[0-5]|2[0-4]\d|1?\d?\d)(\.(?!$)|$)){4}$/,
  uri: /^[a-zA-Z][a-zA-Z0-9+.-]*:\S*$/,
  int32: integerWithin(2 ** 31),
  int64: integerWithin(2 ** 63),
};
