import * as http from 'node:http';
import * as https from 'node:https';
import { connect } from 'node:net';
import type { Probe } from '../pod/spec.ts';
import { probeExec } from './probe-exec.ts';
import type { ProbeResult } from './probe-state.ts';
import type { ProbeTarget } from './probe-target.ts';

const HOST = '127.0.0.1';

/** Runs `probe` once. Never rejects: no answer is a failure; so is `signal`, which ends it when its time is over. */
export async function runProbe(probe: Probe, target: ProbeTarget, signal: AbortSignal): Promise<ProbeResult> {
  try {
    const { httpGet, tcpSocket, exec } = probe;
    if (httpGet) return await probeHttp(httpGet, target, signal);
    if (tcpSocket) return await probeTcp(portOf(tcpSocket.port, target), tcpSocket.host, signal);
    if (exec) return await probeExec(exec.command ?? [], target, signal);
    return { ok: false, message: `${Object.keys(probe)[0]} probes are not supported by the embedded default` };
  } catch (error) {
    return { ok: false, message: signal.aborted ? 'timed out waiting for an answer' : (error as Error).message };
  }
}

function portOf(port: number | string, target: ProbeTarget): number {
  const found = target.port(port);
  if (found === undefined) throw new Error(`the container has no port named ${port}`);
  return found;
}

function probeHttp(
  spec: NonNullable<Probe['httpGet']>,
  target: ProbeTarget,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const { path = '/', host = HOST, scheme = 'HTTP', httpHeaders = [] } = spec;
  const { get } = scheme === 'HTTPS' ? https : http;
  const headers = Object.fromEntries(httpHeaders.map(({ name, value }) => [name, value]));
  const port = portOf(spec.port, target);
  const options = { host, port, path: path.startsWith('/') ? path : `/${path}`, agent: false, signal };
  return new Promise((resolve, reject) => {
    const request = get({
      ...options,
      headers: { 'User-Agent': 'kube-probe/1.37', Accept: '*/*', ...headers },
      // as kubelets do: it asks for life, not for proof
      ...(scheme === 'HTTPS' && { rejectUnauthorized: false }),
    });
    request.on('error', reject);
    request.on('response', response => {
      response.resume();
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode = 0 } = response;
        const ok = statusCode >= 200 && statusCode < 400;
        resolve({ ok, message: ok ? '' : `HTTP probe failed with statuscode: ${statusCode}` });
      });
    });
  });
}

function probeTcp(port: number, host = HOST, signal: AbortSignal): Promise<ProbeResult> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal }, () => {
      socket.destroy();
      resolve({ ok: true, message: '' });
    });
    socket.on('error', reject);
  });
}
