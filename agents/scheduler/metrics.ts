import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** The queue and the slots of a pool at an instant. */
export interface PoolFigures {
  /** `namespace/name`: Prometheus has a use of its own for a label `namespace`. Empty where there is no such Runtime. */
  readonly runtime: string;
  readonly pending: number;
  readonly slots: number;
  readonly used: number;
}

/** Metrics of the scheduler in `registry`; `pools` is asked at each scrape. */
export function makeMetrics(registry: Registry, pools: () => Iterable<PoolFigures>) {
  const registers = [registry];
  const gauge = (name: string, help: string, figure: 'pending' | 'slots' | 'used') =>
    new Gauge({
      name,
      help,
      labelNames: ['runtime'],
      registers,
      collect() {
        this.reset();
        // added up, as many pools may go without a name
        for (const { runtime, ...figures } of pools()) this.inc({ runtime }, figures[figure]);
      },
    });
  gauge(
    'krt_scheduler_pending_runs',
    'Pending Runs by Runtime (namespace/name; empty where there is no such Runtime)',
    'pending',
  );
  gauge('krt_scheduler_slots', 'Slots of the ready Pods of a Runtime', 'slots');
  gauge('krt_scheduler_slots_used', 'Slots that Runs hold, those of a bind under way too', 'used');
  return {
    wait: new Histogram({
      name: 'krt_scheduler_wait_seconds',
      help: 'Time from seeing a Run Pending, or from the end of its back-off, to its bind',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
      registers,
    }),
    bind: new Histogram({
      name: 'krt_scheduler_bind_seconds',
      help: 'Time that the write of a bind took, from the decision to the answer',
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
      name: 'krt_scheduler_writes_total',
      help: 'Writes decided on, by kind: bind, end (cancelled or unschedulable), note (why it waits)',
      labelNames: ['kind'],
      registers,
    }),
  };
}

/** The metrics that a running scheduler counts. */
export type SchedulerMetrics = ReturnType<typeof makeMetrics>;
