/** Which part of a container's log to read, as the `log` subresource of Pods takes it. */
export interface PodLogQuery {
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string;
  readonly container: string;
  /** Go on until the container has ended. */
  readonly follow: boolean;
  /** The log of the container's previous instance. */
  readonly previous: boolean;
  /** Put the RFC 3339 time (nanoseconds) and a space before each line. */
  readonly timestamps: boolean;
  /** Leave out lines older than this instant (Unix milliseconds); sinceSeconds is translated to it. */
  readonly sinceMs: number | undefined;
  /** Start with the last so many lines. */
  readonly tailLines: number | undefined;
  /** End after so many bytes. */
  readonly limitBytes: number | undefined;
  /** Aborted when the reader is gone. */
  readonly signal: AbortSignal;
}

/** Where the logs of containers come from: the process node implements it. */
export interface PodLogSource {
  /**
   * The log's bytes in chunks, the newest last; ends at its end (with `follow`: when the container has ended).
   * Throws PodLogError when there is no such log. A slow reader must not make the source buffer without bound.
   */
  read(query: PodLogQuery): AsyncIterable<Uint8Array>;
}

/** There is no log to read: no previous instance, or the container has not started. Answered as a 400. */
export class PodLogError extends Error {
  override readonly name = 'PodLogError';
}

/** A source without any log, for a server without Pods. */
export const noPodLogs: PodLogSource = {
  // biome-ignore lint/correctness/useYield: it has nothing to yield
  async *read({ container, pod }) {
    throw new PodLogError(`container "${container}" in pod "${pod}" is waiting to start: ContainerCreating`);
  },
};
