import type { Logger } from 'pino';
import type { Clock } from '../../../lib/clock.ts';
import type { PodLogSource } from '../pod-log-source.ts';
import type { Store } from '../store/store.ts';
import type { Registry } from '../types/registry.ts';
import type { Dependents } from '../upkeep/dependents.ts';

/** Where on this machine the ports of Pods are. */
export interface PodPorts {
  /** The port of 127.0.0.1 that is `port` of the Pod with that UID; undefined where nothing runs of it. */
  find(uid: string, port: number): number | undefined;
}

/** What every verb works with. */
export interface ApiContext {
  readonly store: Store;
  readonly registry: Registry;
  readonly dependents: Dependents;
  readonly clock: Clock;
  readonly log: Logger;
  readonly podLogs: PodLogSource;
  readonly podPorts: PodPorts;
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
