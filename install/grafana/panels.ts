/** A panel: what it shows, in which unit of Grafana's, and its queries by their legend. */
export interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly about: string;
  readonly queries: Readonly<Record<string, string>>;
  /** Areas on top of each other, where a sum has a meaning. */
  readonly stacked?: boolean;
}

const RATE = '[$__rate_interval]';
const OF_RUNTIME = '{runtime=~"$runtime"}';

/** The panels in reading order: first what users feel, then what krt does, last what goes wrong. */
export const PANELS: readonly Panel[] = [
  {
    title: 'Queue',
    unit: 'short',
    about: 'Pending Runs by Runtime. A queue that only grows wants more slots.',
    queries: { '{{runtime}}': `sum by (runtime) (krt_scheduler_pending_runs${OF_RUNTIME})` },
    stacked: true,
  },
  {
    title: 'Wait for a slot',
    unit: 's',
    about: 'From Pending to the bind, of Runs that were bound.',
    queries: quantiles('krt_scheduler_wait_seconds'),
  },
  {
    title: 'Runs ended',
    unit: 'ops',
    about: 'Runs that ended each second, by phase.',
    queries: { '{{phase}}': `sum by (phase) (rate(krt_controller_runs_ended_total${RATE}))` },
    stacked: true,
  },
  {
    title: 'Slots',
    unit: 'short',
    about: 'Slots of ready Pods, and those that Runs hold.',
    queries: {
      used: `sum(krt_scheduler_slots_used${OF_RUNTIME})`,
      total: `sum(krt_scheduler_slots${OF_RUNTIME})`,
    },
  },
  {
    title: 'Bind',
    unit: 's',
    about: 'The write that gives a Run to a Pod: mostly the API server.',
    queries: quantiles('krt_scheduler_bind_seconds'),
  },
  {
    title: 'Start',
    unit: 's',
    about: 'In the Pod, from the assignment to the start of the program: workspace and source.',
    queries: quantiles('krt_runtimed_start_seconds'),
  },
  {
    title: 'Duration',
    unit: 's',
    about: 'How long programs run.',
    queries: quantiles('krt_runtimed_run_seconds'),
  },
  {
    title: 'API writes per Run',
    unit: 'short',
    about: 'Create, bind and finish are 3; Running, retries and notes come on top.',
    queries: {
      'writes per Run': `1 + sum(rate(krt_api_writes_total{resource="runs/status"}${RATE})) / sum(rate(krt_controller_runs_ended_total${RATE}))`,
    },
  },
  {
    title: 'API writes',
    unit: 'reqps',
    about: 'All writes of the agents, by resource. 409 is everyday: another hand was first.',
    queries: { '{{resource}} {{code}}': `sum by (resource, code) (rate(krt_api_writes_total${RATE}))` },
    stacked: true,
  },
  {
    title: 'Failures',
    unit: 'ops',
    about: 'Runs that ended in Failed or Timeout each second, by reason.',
    queries: {
      '{{reason}}': `sum by (reason) (rate(krt_controller_runs_ended_total{phase=~"Failed|Timeout"}${RATE}))`,
    },
    stacked: true,
  },
  {
    title: 'Trouble',
    unit: 'short',
    about: 'What should stay at 0, in the time of a step.',
    queries: {
      'Runs of lost Pods': 'sum(increase(krt_controller_lost_runs_total[$__rate_interval]))',
      'stuck Pods deleted': 'sum(increase(krt_controller_stuck_pods_total[$__rate_interval]))',
      'writes refused': 'sum(increase(krt_scheduler_refusals_total[$__rate_interval]))',
      'late results dropped': 'sum(increase(krt_runtimed_late_results_dropped_total[$__rate_interval]))',
      'reconciles failed': 'sum(increase(krt_controller_failures_total[$__rate_interval]))',
    },
  },
  {
    title: 'Watch restarts and leaders',
    unit: 'short',
    about: 'Watches that failed in the time of a step, and how many lead under each Lease: 1.',
    queries: {
      'restarts {{pod}}': 'sum by (pod) (increase(krt_watch_restarts_total[$__rate_interval]))',
      'leaders {{lease}}': 'sum by (lease) (krt_leader)',
    },
  },
];

function quantiles(histogram: string): Record<string, string> {
  const of = (quantile: number) => `histogram_quantile(${quantile}, sum by (le) (rate(${histogram}_bucket${RATE})))`;
  return { p50: of(0.5), p95: of(0.95) };
}
