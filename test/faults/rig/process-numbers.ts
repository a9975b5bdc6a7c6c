import { readdirSync, readFileSync } from 'node:fs';

/** Bytes of memory that a process of this machine holds. */
export function rssOf(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) * 1024;
}

/** Files, pipes and sockets that a process has open. */
export function descriptorsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** What the agent with this health port counts, in the text format of Prometheus. */
export async function metricsOf(healthPort: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${healthPort}/metrics`)).text();
}

/** Timers that an agent has running, as prom-client's default metrics tell them. */
export async function timersOf(healthPort: number): Promise<number> {
  const text = await metricsOf(healthPort);
  return Number(/^nodejs_active_resources\{type="Timeout"\} (\d+)$/m.exec(text)?.[1] ?? 0);
}
