import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Metrics of the scheduler in `registry`; `pending` gives the number of Pending Runs when it is asked. */
export function makeMetrics(registry: Registry, pending: () => number) {
  const registers = [registry];
  new Gauge({
    name: 'krt_scheduler_pending_runs',
    help: 'Pending Runs that the scheduler knows',
    registers,
    collect() {
      this.set(pending());
    },
  });
  return {
    wait: new Histogram({
      name: 'krt_scheduler_wait_seconds',
      help: 'Time from seeing a Run Pending to its bind',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
      registers,
    }),
    bind: new Histogram({
      name: 'krt_scheduler_bind_seconds',
      help: 'Time that the write of a bind took',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers,
    }),
    binds: new Counter({ name: 'krt_scheduler_binds_total', help: 'Runs given to a Pod', registers }),
    conflicts: new Counter({
      name: 'krt_scheduler_conflicts_total',
      help: 'Writes that lost against another, or whose answer was lost',
      registers,
    }),
    refusals: new Counter({ name: 'krt_scheduler_refusals_total', help: 'Writes that the server refused', registers }),
    writes: new Counter({
      name: 'krt_scheduler_api_writes_total',
      help: 'Writes sent, by kind',
      labelNames: ['kind'],
      registers,
    }),
    retries: new Counter({
      name: 'krt_scheduler_watch_retries_total',
      help: 'Lists and watches that failed and were tried again',
      registers,
    }),
  };
}

/** The metrics that a running scheduler counts. */
export type SchedulerMetrics = ReturnType<typeof makeMetrics>;
