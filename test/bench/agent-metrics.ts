import type { Transport } from '../../crds/client/index.ts';

/** What an agent's process has used, and what the scheduler has done. */
export interface AgentSample {
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  readonly binds: number;
}

/** Reads the metrics of a Pod through the API server, so that it works from anywhere. */
export async function readAgent(
  transport: Transport,
  pod: { readonly namespace: string; readonly name: string; readonly port: number },
): Promise<AgentSample> {
  const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}:${pod.port}/proxy/metrics`;
  let text = '';
  for await (const chunk of await transport.stream({ method: 'GET', path, accept: 'text/plain' })) text += chunk;
  return {
    cpuSeconds: metricOf(text, 'process_cpu_seconds_total'),
    rssBytes: metricOf(text, 'process_resident_memory_bytes'),
    binds: metricOf(text, 'krt_scheduler_binds_total'),
  };
}

/** The value of a metric in Prometheus' text format; 0 where it is not there. */
export function metricOf(text: string, name: string): number {
  const line = text.split('\n').find(line => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  return Number(line?.slice(line.lastIndexOf(' ') + 1) ?? 0);
}
