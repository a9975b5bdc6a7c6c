const MIB = 1024 * 1024;

/** Read at once: large enough to keep a disk busy, small enough for many at a time. */
export const CHUNK_BYTES = MIB / 4;

/** Bounds of collecting; milliseconds and bytes. */
export interface ArtifactTuning {
  /** One artifact as it is stored, and the files of a directory before they are packed. */
  readonly artifactBytes: number;
  /** All artifacts of an attempt. */
  readonly totalBytes: number;
  /** Files and directories in one directory. */
  readonly entries: number;
  /** Collecting may take this long, whatever the store does: a Run has to end. */
  readonly timeoutMs: number;
}

/** The defaults. */
export const ARTIFACT_TUNING: ArtifactTuning = {
  artifactBytes: 4096 * MIB,
  totalBytes: 8192 * MIB,
  entries: 50_000,
  timeoutMs: 15 * 60_000,
};
