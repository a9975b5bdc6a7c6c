import { age } from '../../crds/v1alpha1/age.ts';
import type { KubeObject } from '../../crds/v1alpha1/meta.ts';
import { type Cell, plain } from './table.ts';

/** One column of a table of objects. */
export interface Column<T> {
  readonly title: string;
  /** Only with `-o wide`. */
  readonly wide?: boolean;
  /** `now` is in milliseconds since the epoch. */
  readonly cell: (object: T, now: number) => Cell;
}

/** How objects of one kind are shown. */
export interface Kind<T> {
  /** As `-o name` and messages have it, such as `run.kruntimes.io`. */
  readonly name: string;
  /** As "not found" has it, such as `runs.kruntimes.io`. */
  readonly plural: string;
  readonly columns: readonly Column<T>[];
  /** What `-o outputs` shows, of kinds that have outputs. */
  readonly outputsOf?: (object: T) => Readonly<Record<string, string>>;
}

/** The first column of every table. */
export const NAME: Column<KubeObject> = { title: 'NAME', cell: object => plain(object.metadata.name) };
/** The last column of every table. */
export const AGE: Column<KubeObject> = {
  title: 'AGE',
  cell: (object, now) => plain(age(object.metadata.creationTimestamp, now)),
};
