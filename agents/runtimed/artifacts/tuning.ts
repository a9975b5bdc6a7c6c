const MIB = 1024 * 1024;

/** Read at once: with more, files of any size still pass through, but in more memory than their bytes are worth. */
export const CHUNK_BYTES = 64 * 1024;

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
