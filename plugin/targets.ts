import { usageError } from './errors.ts';
import { isObjectName } from './parsers.ts';

/** The kinds that krt's verbs are about. */
export type TargetKind = 'run' | 'runtime';

/** What a verb such as `get` is about: objects of one kind, all of them where there are no names. */
export interface Targets {
  readonly kind: TargetKind;
  readonly names: readonly string[];
}

const KINDS: Record<TargetKind, readonly string[]> = {
  run: ['run', 'runs', 'rn', 'run.kruntimes.io', 'runs.kruntimes.io', 'runs.v1alpha1.kruntimes.io'],
  runtime: [
    ...['runtime', 'runtimes', 'rt'],
    ...['runtime.kruntimes.io', 'runtimes.kruntimes.io', 'runtimes.v1alpha1.kruntimes.io'],
  ],
};

/**
 * Reads the words behind a verb as kubectl does, and names alone as names of Runs: `hello`, `run hello`, `run/hello`,
 * `runs`, `runtime bash`. Throws a usage error where they are none.
 */
export function parseTargets(words: readonly string[]): Targets {
  const [first, ...rest] = words;
  const kind = first === undefined ? 'run' : kindOf(first);
  if (kind) return { kind, names: rest.map(checkName) };
  const found = words.map(parseTarget);
  const kinds = new Set(found.map(target => target.kind));
  if (kinds.size > 1) throw usageError('one kind at a time: Runs and Runtimes are given together');
  return { kind: found[0]!.kind, names: found.map(target => target.name) };
}

function parseTarget(word: string): { kind: TargetKind; name: string } {
  const split = word.indexOf('/');
  if (split < 0) return { kind: 'run', name: checkName(word) };
  const kind = kindOf(word.slice(0, split));
  if (!kind)
    throw usageError(
      `krt knows no kind "${word.slice(0, split)}"`,
      'it has run and runtime; for others there is kubectl',
    );
  return { kind, name: checkName(word.slice(split + 1)) };
}

function kindOf(word: string): TargetKind | undefined {
  return (Object.keys(KINDS) as TargetKind[]).find(kind => KINDS[kind].includes(word.toLowerCase()));
}

function checkName(name: string): string {
  if (!isObjectName(name))
    throw usageError(`"${name}" is not a name of Kubernetes`, 'lower case letters, digits, - and .');
  return name;
}

/** Names of one kind, with or without it before a slash: `bash`, `runtime/bash`. */
export function parseNames(words: readonly string[], kind: TargetKind): readonly string[] {
  return words.map(word => {
    const split = word.indexOf('/');
    if (split >= 0 && kindOf(word.slice(0, split)) !== kind) throw usageError(`"${word}" is not a ${kind}`);
    return checkName(word.slice(split + 1));
  });
}
