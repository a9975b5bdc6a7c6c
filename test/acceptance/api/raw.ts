import * as http from 'node:http';
import * as https from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import type { World } from '../harness/world.ts';

/** A request as it goes over the wire; the typed client can't say what no client should. */
export interface RawRequest {
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  body?: string | Buffer | object;
  contentType?: string;
  accept?: string;
  /** Without credentials, or with these. */
  authorization?: string | false;
}

/** What came back. */
export interface RawAnswer {
  status: number;
  type: string;
  warnings: string[];
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a body is read by its paths
  json(): any;
}

/** The media types of patches. */
export const MERGE = 'application/merge-patch+json';
export const JSON_PATCH = 'application/json-patch+json';
export const STRATEGIC = 'application/strategic-merge-patch+json';

/** Sends one request to the suite's API server, on a connection of its own. */
export async function send(world: World, request: RawRequest): Promise<RawAnswer> {
  const { method = 'GET', path, body, contentType = 'application/json', accept = 'application/json' } = request;
  const { server, options } = await credentialsOf(world.kubeconfig);
  if (request.authorization !== undefined) {
    delete options.headers!['Authorization'];
    if (request.authorization) options.headers!['Authorization'] = request.authorization;
  }
  const payload = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const headers = {
    ...options.headers,
    Accept: accept,
    Connection: 'close',
    ...(payload !== undefined && { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(payload) }),
  };
  const url = new URL(path, server);
  url.username = '';
  url.password = '';
  return new Promise((resolve, reject) => {
    const call = (server.protocol === 'https:' ? https : http).request(
      url,
      { ...options, method, headers },
      response => {
        const chunks: Buffer[] = [];
        response.on('data', chunk => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve(answerOf(response, Buffer.concat(chunks).toString('utf8'))));
      },
    );
    call.on('error', reject);
    call.end(payload);
  });
}

async function credentialsOf(kubeconfig: string) {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const server = new URL(config.getCurrentCluster()!.server);
  const options: https.RequestOptions & { headers?: Record<string, string> } = { headers: {} };
  // client-node refuses plain http, where only the token counts
  if (server.protocol === 'https:')
    await config.applyToHTTPSOptions(options as Parameters<KubeConfig['applyToHTTPSOptions']>[0]);
  else options.headers = { Authorization: `Bearer ${config.getCurrentUser()?.token}` };
  options.agent = false;
  return { server, options };
}

function answerOf(response: http.IncomingMessage, text: string): RawAnswer {
  const warnings = String(response.headers['warning'] ?? '');
  return {
    status: response.statusCode ?? 0,
    type: (response.headers['content-type'] ?? '').split(';')[0]!,
    warnings: [...warnings.matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)].map(match => match[1]!.replace(/\\(.)/g, '$1')),
    text,
    json: () => JSON.parse(text),
  };
}
