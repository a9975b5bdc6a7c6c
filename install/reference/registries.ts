import { Registry } from 'prom-client';
import { makeMetrics as controllerMetrics } from '../../agents/controller/metrics.ts';
import { countApiWrites, countWatchRestarts, gaugeLeader } from '../../agents/lib/common-metrics.ts';
import { makeMetrics as runtimedMetrics } from '../../agents/runtimed/metrics.ts';
import { makeMetrics as schedulerMetrics } from '../../agents/scheduler/metrics.ts';

/** As much of a metric of prom-client as the reference tells of. */
export interface MetricInfo {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
  /** Of a histogram. */
  readonly upperBounds?: readonly number[];
}

/** All metrics of krt's own, by the title of those who have them: registered as the agents do it. */
export function allMetrics(): Map<string, readonly MetricInfo[]> {
  const of = (register: (registry: Registry) => unknown) => {
    const registry = new Registry();
    register(registry);
    return registry.getMetricsAsArray() as unknown as MetricInfo[];
  };
  return new Map([
    ['Every agent', of(registry => [countApiWrites(registry), countWatchRestarts(registry)])],
    ['Controller and scheduler', of(registry => gaugeLeader(registry, ''))],
    ['Scheduler', of(registry => schedulerMetrics(registry, () => []))],
    ['Controller', of(controllerMetrics)],
    ['runtimed', of(registry => runtimedMetrics(registry, { executions: () => 0, waiting: () => 0 }))],
  ]);
}

/** Each name under which Prometheus stores a sample, with the labels that it has. */
export function seriesNames(): Map<string, readonly string[]> {
  const names = new Map<string, readonly string[]>();
  for (const { name, type, labelNames = [] } of [...allMetrics().values()].flat()) {
    if (type !== 'histogram') names.set(name, labelNames);
    else for (const suffix of ['count', 'sum', 'bucket']) names.set(`${name}_${suffix}`, [...labelNames, 'le']);
  }
  return names;
}
