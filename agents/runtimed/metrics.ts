import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { RUN_REASONS } from '../../crds/v1alpha1/reasons.ts';

/** Figures of runtimed for /metrics. */
export interface Metrics {
  readonly ended: Counter<'reason'>;
  readonly startLatency: Histogram;
  readonly duration: Histogram;
  readonly writes: Counter<'write' | 'outcome'>;
  readonly dropped: Counter;
  readonly lines: Counter;
  readonly bytes: Counter;
}

/** Registers the figures; `gauges` are asked for at each scrape. */
export function makeMetrics(registry: Registry, gauges: { executions(): number; waiting(): number }): Metrics {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge('krt_runtimed_executions', 'Attempts in hand', gauges.executions);
  gauge('krt_runtimed_waiting', 'Attempts that wait for a slot', gauges.waiting);
  const metrics: Metrics = {
    ended: new Counter({
      name: 'krt_runtimed_attempts_ended_total',
      help: 'Attempts whose end was told, by reason',
      labelNames: ['reason'],
      registers,
    }),
    startLatency: new Histogram({
      name: 'krt_runtimed_start_seconds',
      help: 'Time from seeing an assignment to the start of the program: slot, workspace, source',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 30],
      registers,
    }),
    duration: new Histogram({
      name: 'krt_runtimed_run_seconds',
      help: 'Time from the start of an attempt to the end of its program',
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600],
      registers,
    }),
    writes: new Counter({
      name: 'krt_runtimed_status_writes_total',
      help: 'Status writes of Runs, by kind (running, finish, handBack) and outcome',
      labelNames: ['write', 'outcome'],
      registers,
    }),
    dropped: new Counter({
      name: 'krt_runtimed_late_results_dropped_total',
      help: 'Results that came after the Run was ended or given away by another hand',
      registers,
    }),
    lines: new Counter({ name: 'krt_runtimed_log_lines_total', help: 'Log lines of Runs written', registers }),
    bytes: new Counter({ name: 'krt_runtimed_log_bytes_total', help: 'Log bytes of Runs written', registers }),
  };
  // from 0, or Prometheus' increase() would not see the first of each
  for (const reason of RUN_REASONS) metrics.ended.inc({ reason }, 0);
  return metrics;
}
