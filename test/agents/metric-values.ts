import type { Registry } from 'prom-client';

/** The samples of a counter or gauge that are not 0, by their labels' values in order. */
export async function counts(registry: Registry, name: string): Promise<Record<string, number>> {
  const { values = [] } = (await registry.getSingleMetric(name)?.get()) ?? {};
  const moved = values.filter(({ value }) => value !== 0);
  return Object.fromEntries(moved.map(({ labels, value }) => [Object.values(labels).join(' '), value]));
}

/** How many values a histogram has observed, and their sum. */
export async function observed(registry: Registry, name: string): Promise<{ count: number; sum: number }> {
  const samples = ((await registry.getSingleMetric(name)?.get())?.values ?? []) as {
    metricName?: string;
    value: number;
  }[];
  const of = (suffix: string) => samples.find(({ metricName }) => metricName === `${name}_${suffix}`)?.value ?? 0;
  return { count: of('count'), sum: of('sum') };
}
