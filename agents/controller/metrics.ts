import { Counter, type Registry } from 'prom-client';
import { REASONS, RUN_REASONS } from '../../crds/v1alpha1/reasons.ts';

/** Metrics of the controller in `registry`. */
export function makeMetrics(registry: Registry) {
  const registers = [registry];
  const metrics = {
    ended: new Counter({
      name: 'krt_controller_runs_ended_total',
      help: 'Runs that were seen to end, by phase and reason; while nobody leads, none are',
      labelNames: ['phase', 'reason'],
      registers,
    }),
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
    spentPods: new Counter({
      name: 'krt_controller_spent_pods_total',
      help: 'Pods of isolation PodPerRun deleted because their Run was over',
      registers,
    }),
    collected: new Counter({
      name: 'krt_controller_collected_runs_total',
      help: 'Runs deleted after their ttlSecondsAfterFinished',
      registers,
    }),
    left: new Counter({
      name: 'krt_controller_artifacts_left_total',
      help: 'Runs that were deleted while what they had in the ArtifactStore could not be',
      registers,
    }),
    failures: new Counter({
      name: 'krt_controller_failures_total',
      help: 'Reconciles that failed and are tried again, by loop; but for conflicts, which are everyday life',
      labelNames: ['loop'],
      registers,
    }),
  };
  // from 0, or Prometheus' increase() would not see the first of each
  for (const reason of RUN_REASONS) metrics.ended.inc({ phase: REASONS[reason].phase, reason }, 0);
  for (const phase of ['Pending', 'Failed', 'Cancelled']) metrics.lost.inc({ phase }, 0);
  return metrics;
}

/** The metrics that a running controller counts. */
export type ControllerMetrics = ReturnType<typeof makeMetrics>;
