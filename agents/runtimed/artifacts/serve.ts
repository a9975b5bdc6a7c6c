import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Logger } from 'pino';
import type { ArtifactStore } from './store.ts';

/**
 * Answers `GET /artifacts?location=…` with the bytes at that location, from where a `Range: bytes=N-` says.
 * The location is the key: it holds a secret that stands in the status of its Run alone, so whoever may read the Run
 * may fetch, and a program in this Pod, which shares its network but reads no Runs, may not.
 */
export function artifactHandler(store: ArtifactStore, log: Pick<Logger, 'warn'>) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      await answer(store, request, response);
    } catch (err) {
      // a reader that went away is its own affair
      if (!response.destroyed) log.warn({ err }, 'an artifact could not be read');
      if (response.headersSent) response.destroy();
      else end(response, 500, (err as Error).message);
    }
  };
}

async function answer(store: ArtifactStore, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const location = new URL(request.url ?? '', 'http://pod').searchParams.get('location') ?? '';
  const { range } = request.headers;
  const [, from] = /^bytes=(\d{1,15})-$/.exec(range ?? '') ?? [];
  const start = Number(from ?? 0);
  const found = await store.read(location, start);
  if (!found) return end(response, 404, 'there is no such artifact');
  const { data, size } = found;
  const headers = {
    'Content-Type': 'application/octet-stream',
    // it is a stranger's file: no browser is to show it
    'Content-Disposition': 'attachment',
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
  };
  if (start > 0 && start >= size) {
    data.destroy();
    response.setHeader('Content-Range', `bytes */${size}`);
    return end(response, 416, 'there is nothing left from there on');
  }
  const partial = from === undefined ? {} : { 'Content-Range': `bytes ${start}-${size - 1}/${size}` };
  response.writeHead(from === undefined ? 200 : 206, { ...headers, ...partial, 'Content-Length': size - start });
  await pipeline(data, response);
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain' }).end(`${text}\n`);
}
