import { age } from '../../crds/v1alpha1/age.ts';
import type { ArtifactRef } from '../../crds/v1alpha1/run.ts';
import { plain, tableText } from './table.ts';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
/** Of the bar of a download. */
const BAR_WIDTH = 20;

/** Artifacts in a table; `now` is in milliseconds. */
export function artifactsTable(refs: readonly ArtifactRef[], now: number): string {
  const header = ['NAME', 'TYPE', 'SIZE', 'DIGEST', 'AGE'].map(plain);
  const rows = refs.map(({ name, type, sizeBytes, digest, createdAt }) =>
    [name, type, sizeText(sizeBytes), digest.slice(0, 'sha256:'.length + 12), age(createdAt, now)].map(plain),
  );
  return tableText([header, ...rows]);
}

/** Bytes for a person, in three digits. */
export function sizeText(bytes: number): string {
  let unit = 0;
  let amount = bytes;
  while (amount >= 1024 && unit < UNITS.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || amount >= 100 ? 0 : amount >= 10 ? 1 : 2;
  return `${amount.toFixed(digits)} ${UNITS[unit]}`;
}

/** How far the download of an artifact is: `site █████░░░░ 40% 4.00 MiB of 10.0 MiB`. */
export function downloadText({ name, sizeBytes }: ArtifactRef, bytes: number): string {
  const part = sizeBytes === 0 ? 1 : bytes / sizeBytes;
  const filled = Math.floor(part * BAR_WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  return `${name} ${bar} ${Math.floor(part * 100)}% ${sizeText(bytes)} of ${sizeText(sizeBytes)}`;
}
