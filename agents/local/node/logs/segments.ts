import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** One file of a container's log; the files of an instance are numbered from 0. */
export interface Segment {
  readonly seq: number;
  readonly path: string;
  /** Bytes that are there to be read. */
  size: number;
}

/** The log of one instance of a container, to read from. */
export interface LogFiles {
  /** What is kept, oldest first; files of a flood go before anybody has read them. */
  segments(): readonly Segment[];
  /** Whether more may come. */
  readonly open: boolean;
  /** Calls `tell` once, at the next change. */
  onChange(tell: () => void): void;
}

const NAME = /^(\d+)\.(\d+)\.log$/;

/** Name of file `seq` of the log of instance `instance` (its restart count). */
export function segmentName(instance: number, seq: number): string {
  return `${instance}.${seq}.log`;
}

/** Instances that have a log in `dir`, ascending; none where there is no such directory. */
export function instancesIn(dir: string): number[] {
  return [...new Set(namesIn(dir).map(([instance]) => instance))].sort((a, b) => a - b);
}

/** The log that an instance left in `dir`. */
export function closedLog(dir: string, instance: number): LogFiles {
  const found = namesIn(dir)
    .filter(([of]) => of === instance)
    .map(([, seq]) => seq)
    .sort((a, b) => a - b)
    .map(seq => {
      const path = join(dir, segmentName(instance, seq));
      return { seq, path, size: statSync(path).size };
    });
  return { segments: () => found, open: false, onChange: tell => tell() };
}

/** Removes the logs of the instances before `first`. */
export function forgetInstances(dir: string, first: number): void {
  for (const [instance, seq] of namesIn(dir)) {
    if (instance < first) rmSync(join(dir, segmentName(instance, seq)), { force: true });
  }
}

function namesIn(dir: string): [instance: number, seq: number][] {
  let names: string[] = [];
  try {
    names = readdirSync(dir);
  } catch {
    // no container of that name has started yet
  }
  return names.flatMap(name => {
    const match = NAME.exec(name);
    return match ? [[Number(match[1]), Number(match[2])] as [number, number]] : [];
  });
}
