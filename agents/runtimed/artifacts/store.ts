import type { Readable } from 'node:stream';
import type { ArtifactRef } from '../../../crds/v1alpha1/run.ts';

/** Which attempt artifacts are of. */
export interface ArtifactOwner {
  /** UID of the Run. */
  readonly uid: string;
  readonly attempt: number;
}

/** Where the artifacts of one attempt go. */
export interface ArtifactBatch {
  /**
   * Stores `data` whole or not at all, and gives its location. Rejects with what the store says. A chunk is good until the
   * next is asked for.
   */
  put(name: string, contentType: string, data: AsyncIterable<Uint8Array>): Promise<string>;
  /** Shows what was put: before, no location can be read. */
  commit(): Promise<void>;
}

/** Keeps bytes beyond the Pod. */
export interface ArtifactStore {
  readonly driver: ArtifactRef['driver'];
  /** A place for the artifacts of an attempt; those of attempts before it go. */
  open(owner: ArtifactOwner): Promise<ArtifactBatch>;
  /**
   * Stores the log of an attempt whole or not at all, and gives where the logs of its Run are: `known`, where that is in
   * this store, or a new place. `archivedAt` tells where in it.
   */
  putLog(owner: ArtifactOwner, known: string | undefined, data: AsyncIterable<Uint8Array>): Promise<string>;
  /** Deletes all that the Run with this UID left; nothing there is fine. */
  remove(uid: string): Promise<void>;
  /** The bytes at `location` from `start` on, and how many there are in all; undefined where there is nothing. */
  read(location: string, start: number): Promise<{ readonly data: Readable; readonly size: number } | undefined>;
}
