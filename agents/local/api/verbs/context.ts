import type { Logger } from 'pino';
import type { Clock } from '../../../lib/clock.ts';
import type { PodLogSource } from '../pod-log-source.ts';
import type { Store } from '../store/store.ts';
import type { Registry } from '../types/registry.ts';
import type { Dependents } from '../upkeep/dependents.ts';

/** What every verb works with. */
export interface ApiContext {
  readonly store: Store;
  readonly registry: Registry;
  readonly dependents: Dependents;
  readonly clock: Clock;
  readonly log: Logger;
  readonly podLogs: PodLogSource;
  /** Name of the user that holds the token. */
  readonly user: string;
  /** Aborted when the server closes. */
  readonly signal: AbortSignal;
}

/** A result of a verb: an object (or its JSON) with its HTTP status, and warnings to tell. */
export interface Answer {
  readonly code: number;
  readonly body: unknown;
  /** JSON of `body` where it is at hand. */
  readonly json?: string | undefined;
  readonly warnings?: readonly string[];
}
