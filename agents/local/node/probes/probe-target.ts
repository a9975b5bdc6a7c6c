import type { Command } from '../container/process-spec.ts';

/** What a probe is aimed at. */
export interface ProbeTarget {
  /** The port on this machine for a port of the container. */
  readonly port: (port: number | string) => number | undefined;
  /** For exec probes: they run as the container's own programs do, and bear its mark. */
  readonly command: Omit<Command, 'argv'>;
  readonly mark: number;
}
