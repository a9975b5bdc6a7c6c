/** RFC 3339 with microseconds, Kubernetes' MicroTime, of an instant in milliseconds since the epoch. */
export function microTime(ms: number): string {
  const micros = Math.floor((ms % 1) * 1000 + 1e-6);
  return new Date(Math.floor(ms)).toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`);
}

/** RFC 3339 with seconds, Kubernetes' Time, as conditions have it. */
export function secondTime(ms: number): string {
  return `${new Date(Math.floor(ms)).toISOString().slice(0, 19)}Z`;
}
