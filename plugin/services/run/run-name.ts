import { basename } from 'node:path';

/** As Kubernetes' own suffixes: no vowels, so no words, and no characters that look alike. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
const LONGEST_BASE = 58;
const MADE_UP = new RegExp(`-[${ALPHABET}]{${SUFFIX_LENGTH}}$`);

/** What a Run may be named after. */
export interface Namesake {
  readonly file?: string | undefined;
  readonly repoUrl?: string | undefined;
  readonly args?: readonly string[] | undefined;
  /** Whether there is a source, so that `args` do not name the program. */
  readonly hasSource: boolean;
  readonly runtime: string;
}

/** The beginning of a made-up name, with its dash: the file, the repository or the command, else the Runtime. */
export function generateNameFor({ file, repoUrl, args = [], hasSource, runtime }: Namesake): string {
  const candidates = [
    file !== undefined && file !== '-' ? stem(file) : '',
    repoUrl === undefined ? '' : stem(repoUrl.replace(/\/+$/, '')),
    hasSource || args[0] === undefined ? '' : stem(args[0]),
    runtime,
  ];
  return `${candidates.map(toLabel).find(Boolean) ?? 'run'}-`;
}

/** `prefix` with a random suffix as the API server would add it; `random` is from 0 to 1. */
export function completeName(prefix: string, random: () => number): string {
  const suffix = Array.from({ length: SUFFIX_LENGTH }, () => ALPHABET[Math.floor(random() * ALPHABET.length)]);
  return `${prefix.slice(0, LONGEST_BASE)}${suffix.join('')}`;
}

function stem(path: string): string {
  return basename(path).replace(/(?<=.)\.[A-Za-z0-9]+$/, '');
}

/** As much of `text` as a DNS label can hold. */
function toLabel(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST_BASE - 1)
    .replace(/^-+|-+$/g, '');
}

/** The beginning that a made-up name was completed from, with its dash; of another name all of it. */
export function baseOfName(name: string): string {
  return `${name.replace(MADE_UP, '')}-`;
}
