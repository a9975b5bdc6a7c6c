import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type FieldError, forbiddenField, invalidValue } from '../field-error.ts';
import { type ApiObject, isObject, type JsonObject, valueAt } from '../object.ts';
import { PodLogError, type PodLogQuery } from '../pod-log-source.ts';
import { badRequest, invalid, type StatusError } from '../status-error.ts';
import type { ResourceType } from '../types/resource-type.ts';
import type { ApiContext } from './context.ts';
import { flagParameter, integerParameter } from './options.ts';
import { mustGet } from './update.ts';

/** Streams a container's log as plain text. Throws 400 or 404 before the first byte. */
export async function servePodLog(
  context: ApiContext,
  type: ResourceType,
  at: { namespace: string; name: string },
  query: URLSearchParams,
  response: ServerResponse,
): Promise<void> {
  const { object } = mustGet(context, type, at.namespace, at.name);
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const signal = AbortSignal.any([gone.signal, context.signal]);
  const chunks = context.podLogs.read(readQuery(context, object, query, signal))[Symbol.asyncIterator]();
  let next = await chunks.next().catch((error: unknown) => {
    throw error instanceof PodLogError ? badRequest(error.message) : error;
  });
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Cache-Control': 'no-cache, private' });
  response.flushHeaders();
  try {
    for (; !next.done && !signal.aborted; next = await chunks.next()) {
      // a reader that does not read stops the source, not the server
      if (!response.write(next.value)) await once(response, 'drain', { signal });
    }
  } catch (err) {
    // nothing can be told any more after the first byte but by the cut itself
    if (!signal.aborted) context.log.warn({ err, pod: at.name }, 'log stream failed');
    response.destroy();
  } finally {
    await chunks.return?.();
    response.end();
  }
}

/** Makes the refusal of an option. */
type Refuse = (error: FieldError) => StatusError;

function readQuery(context: ApiContext, pod: ApiObject, query: URLSearchParams, signal: AbortSignal): PodLogQuery {
  const { name = '', namespace = '', uid = '' } = pod.metadata;
  const refuse: Refuse = error => invalid({ group: '', name: 'PodLogOptions' }, name, [error]);
  return {
    namespace,
    pod: name,
    uid,
    container: containerOf(pod, query.get('container')),
    follow: flagParameter(query, 'follow'),
    previous: flagParameter(query, 'previous'),
    timestamps: flagParameter(query, 'timestamps'),
    sinceMs: since(context, query, refuse),
    tailLines: atLeast(query, 'tailLines', 0, refuse),
    limitBytes: atLeast(query, 'limitBytes', 1, refuse),
    signal,
  };
}

function since({ clock }: ApiContext, query: URLSearchParams, refuse: Refuse): number | undefined {
  const seconds = atLeast(query, 'sinceSeconds', 1, refuse);
  const time = query.get('sinceTime');
  if (seconds !== undefined && time)
    throw refuse(forbiddenField('[]', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  if (seconds !== undefined) return clock.now() - seconds * 1000;
  if (!time) return undefined;
  const instant = Date.parse(time);
  if (Number.isNaN(instant)) {
    const shown = JSON.stringify(time);
    throw badRequest(`parsing time ${shown} as "2006-01-02T15:04:05Z07:00": cannot parse ${shown} as "2006"`);
  }
  return instant;
}

function atLeast(query: URLSearchParams, name: string, lowest: number, refuse: Refuse): number | undefined {
  const value = integerParameter(query, name);
  if (value !== undefined && value < lowest)
    throw refuse(invalidValue(name, value, `must be greater than ${lowest === 0 ? 'or equal to 0' : '0'}`));
  return value;
}

/** The container that is meant: the only one, or the one that is named. */
function containerOf(pod: ApiObject, wanted: string | null): string {
  const names = (list: string) =>
    ((valueAt(pod, ['spec', list]) ?? []) as unknown[])
      .filter(isObject)
      .map((each: JsonObject) => String(each['name']));
  const containers = names('containers');
  const inits = names('initContainers');
  const { name } = pod.metadata;
  if (wanted) {
    if ([...containers, ...inits].includes(wanted)) return wanted;
    throw badRequest(`container ${wanted} is not valid for pod ${name}`);
  }
  if (containers.length === 1 && inits.length === 0) return containers[0]!;
  const choice = inits.length > 0 ? ` or one of the init containers: [${inits.join(' ')}]` : '';
  throw badRequest(
    `a container name must be specified for pod ${name}, choose one of: [${containers.join(' ')}]${choice}`,
  );
}
