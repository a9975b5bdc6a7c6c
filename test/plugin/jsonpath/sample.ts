/** An object with values of every kind, for templates. */
export const SAMPLE = {
  apiVersion: 'kruntimes.io/v1alpha1',
  kind: 'Run',
  metadata: {
    name: 'hello',
    labels: { team: 'a', 'example.com/tier': 'web', empty: '' },
    annotations: { 'a.b/c': 'dotted', "it's": 'quoted' },
  },
  spec: {
    runtime: 'bash',
    source: { inline: 'echo "$A" <in >out && true\n' },
    args: ['one', 'two words', 'three', 'four'],
    env: { A: '1', B: 'ü' },
    priority: -5,
    ratio: 1.5,
    small: 0.00001,
    large: 12345678901234,
    nothing: null,
    cancelRequested: true,
    matrix: [
      [1, 2],
      [3, 4],
    ],
    none: [],
    empty: {},
  },
  status: {
    phase: 'Failed',
    exitCode: 3,
    attempts: [
      { attempt: 1, reason: 'PodLost', pod: 'bash-1', ratio: 0.5 },
      { attempt: 2, reason: 'ExitCode', pod: 'bash-2', exitCode: 3, ratio: 2.5, last: false },
      { attempt: 3, reason: 'ExitCode', pod: 'bash-1', exitCode: 3, last: true },
    ],
  },
};
