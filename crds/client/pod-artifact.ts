import { ARTIFACTS_PATH, HEALTH_PORT, HEALTH_PORT_NAME, RUNTIMED_CONTAINER } from '../v1alpha1/names.ts';
import { type Pod, pathOf, RESOURCES } from './resources.ts';
import type { Transport } from './transport.ts';

/** Which artifact to read, and from where on. */
export interface PodArtifactOptions {
  /** As the status of its Run tells it. */
  readonly location: string;
  readonly start: number;
  readonly signal: AbortSignal;
}

/**
 * The bytes of an artifact from `start` on, through the API server from a Runtime Pod that has the store. The stream
 * may break off at any time. Throws like ResourceClient's calls: 404 where the store has nothing at that location.
 */
export async function readPodArtifact(
  transport: Transport,
  pod: Pod,
  { location, start, signal }: PodArtifactOptions,
): Promise<AsyncIterable<Uint8Array>> {
  const { name = '', namespace } = pod.metadata;
  const runtimed = pod.spec.containers.find(container => container.name === RUNTIMED_CONTAINER);
  const port = runtimed?.ports?.find(found => found.name === HEALTH_PORT_NAME)?.containerPort ?? HEALTH_PORT;
  return transport.stream({
    method: 'GET',
    path: `${pathOf(RESOURCES.pods, namespace, `${name}:${port}`, 'proxy')}${ARTIFACTS_PATH}`,
    query: { location },
    accept: '*/*',
    ...(start > 0 && { headers: { Range: `bytes=${start}-` } }),
    signal,
  });
}
