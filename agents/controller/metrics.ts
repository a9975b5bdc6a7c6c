import { Counter, type Registry } from 'prom-client';

/** Metrics of the controller in `registry`. */
export function makeMetrics(registry: Registry) {
  const registers = [registry];
  return {
    lost: new Counter({
      name: 'krt_controller_lost_runs_total',
      help: 'Runs whose Pod was gone, by the phase that they were given',
      labelNames: ['phase'],
      registers,
    }),
    stuckPods: new Counter({
      name: 'krt_controller_stuck_pods_total',
      help: 'Pods deleted because they held Runs and were not ready for too long',
      registers,
    }),
    collected: new Counter({
      name: 'krt_controller_collected_runs_total',
      help: 'Runs deleted after their ttlSecondsAfterFinished',
      registers,
    }),
    failures: new Counter({
      name: 'krt_controller_failures_total',
      help: 'Reconciles that failed and are tried again, by loop',
      labelNames: ['loop'],
      registers,
    }),
    retries: new Counter({
      name: 'krt_controller_watch_retries_total',
      help: 'Lists and watches that failed and were tried again',
      registers,
    }),
  };
}

/** The metrics that a running controller counts. */
export type ControllerMetrics = ReturnType<typeof makeMetrics>;
