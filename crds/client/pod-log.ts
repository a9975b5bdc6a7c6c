import { pathOf, RESOURCES } from './resources.ts';
import type { Transport } from './transport.ts';

/** As the `log` subresource of Pods takes them. */
export interface PodLogOptions {
  container: string;
  follow?: boolean;
  previous?: boolean;
  timestamps?: boolean;
  /** RFC 3339; lines older than this are left out. */
  sinceTime?: string;
  sinceSeconds?: number;
  tailLines?: number;
  limitBytes?: number;
  signal?: AbortSignal | undefined;
}

/** The bytes of a container's log; with `follow`, until the container ends or the connection is cut. */
export async function readPodLog(
  transport: Transport,
  name: string,
  namespace: string,
  { signal, ...query }: PodLogOptions,
): Promise<AsyncIterable<Uint8Array>> {
  return transport.stream({
    method: 'GET',
    path: pathOf(RESOURCES.pods, namespace, name, 'log'),
    query: { ...query },
    accept: '*/*',
    signal,
  });
}
