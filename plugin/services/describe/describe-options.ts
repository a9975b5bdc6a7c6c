import type { Clients } from '../../../crds/client/index.ts';

/** Which Run or Runtime to describe. */
export interface DescribeOptions {
  readonly clients: Clients;
  readonly namespace: string;
  readonly name: string;
  readonly signal: AbortSignal;
}
