import { expect } from 'chai';
import { BUILTIN_TABLES } from '../../../../../agents/local/api/tables/builtin.ts';
import { customTable } from '../../../../../agents/local/api/tables/custom.ts';
import { compileJsonPath } from '../../../../../agents/local/api/tables/json-path.ts';
import { age, humanDuration } from '../../../../../crds/v1alpha1/age.ts';
import { makeObject } from '../harness.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

describe('tables', () => {
  const M = 60;
  const H = 60 * M;
  const D = 24 * H;
  for (const [seconds, expected] of [
    [-5, '<invalid>'],
    [-1, '0s'],
    [0, '0s'],
    [119, '119s'],
    [2 * M, '2m'],
    [2 * M + 5, '2m5s'],
    [10 * M + 5, '10m'],
    [179 * M, '179m'],
    [3 * H, '3h'],
    [3 * H + 4 * M, '3h4m'],
    [8 * H + 4 * M, '8h'],
    [47 * H, '47h'],
    [2 * D, '2d'],
    [2 * D + 3 * H, '2d3h'],
    [8 * D + 3 * H, '8d'],
    [729 * D, '729d'],
    [730 * D, '2y'],
    [740 * D, '2y10d'],
    [9 * 365 * D, '9y'],
  ] as const) {
    it(`shows ${seconds} seconds as ${expected}`, () => {
      expect(humanDuration(seconds * 1000)).to.equal(expected);
    });
  }

  it('shows an age that is not known as such', () => {
    expect([age(undefined, NOW), age('x', NOW), age(ago(5), NOW)]).to.deep.equal(['<unknown>', '<unknown>', '5s']);
  });

  const object = {
    a: {
      b: [
        { n: 'x', v: 1 },
        { n: 'y', v: 2 },
      ],
      'c.d': 3,
      e: false,
    },
  };
  for (const [path, expected] of [
    ['.a.b[0].v', [1]],
    ['.a.b[-1].n', ['y']],
    ['.a.b[*].v', [1, 2]],
    ['.a.b[?(@.n=="y")].v', [2]],
    ["$.a['c.d']", [3]],
    ['.a.c\\.d', [3]],
    ['.a.e', [false]],
    ['.a.z.y', []],
    ['.a.b[7]', []],
    ['.a.b.n', []],
  ] as const) {
    it(`finds ${path}`, () => {
      expect(compileJsonPath(path)(object)).to.deep.equal(expected);
    });
  }

  it('refuses a path that it does not know, when it is compiled', () => {
    for (const path of ['a', '.a..b', '.a[?(@.n>1)]', '.a['])
      expect(() => compileJsonPath(path)).to.throw('unsupported JSONPath');
  });

  it('show what a type says, as its type says', () => {
    const table = customTable([
      { name: 'S', type: 'string', jsonPath: '.s' },
      { name: 'I', type: 'integer', jsonPath: '.i' },
      { name: 'B', type: 'boolean', jsonPath: '.b' },
      { name: 'D', type: 'date', jsonPath: '.d', priority: 1 },
    ]);
    const cells = (fields: object) => table.cells(makeObject('X', 'a', fields), NOW);
    expect(cells({ s: 'x', i: 3, b: true, d: ago(5) })).to.deep.equal(['a', 'x', 3, true, '5s']);
    expect(cells({ s: { a: 1 }, i: '3', b: 'yes', d: 'x' })).to.deep.equal(['a', '{"a":1}', null, null, '<unknown>']);
    expect(cells({})).to.deep.equal(['a', null, null, null, null]);
    expect(customTable().columns.map(({ name }) => name)).to.deep.equal(['Name', 'Age']);
  });

  const running = { state: { running: {} }, ready: true, restartCount: 0 };
  const ended = (rest: object) => ({ state: { terminated: rest }, ready: false, restartCount: 1 });
  for (const [title, statuses, metadata, expected] of [
    ['that is not scheduled', undefined, {}, ['0/2', 'Pending', '0']],
    ['that runs', [running, running], {}, ['2/2', 'Running', '0']],
    [
      'that waits',
      [
        running,
        {
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          ready: false,
          restartCount: 3,
          lastState: { terminated: { finishedAt: ago(300) } },
        },
      ],
      {},
      ['1/2', 'CrashLoopBackOff', '3 (5m ago)'],
    ],
    ['that has failed', [running, ended({ reason: 'Error', exitCode: 1 })], {}, ['1/2', 'Error', '1']],
    ['that was killed', [running, ended({ signal: 9 })], {}, ['1/2', 'Signal:9', '1']],
    ['that is completed in part', [running, ended({ reason: 'Completed' })], {}, ['1/2', 'Running', '1']],
    ['that goes', [running, running], { deletionTimestamp: ago(1) }, ['2/2', 'Terminating', '0']],
  ] as const) {
    it(`show a Pod ${title}`, () => {
      const status = statuses ? { phase: 'Running', containerStatuses: statuses } : { phase: 'Pending' };
      const pod = makeObject(
        'Pod',
        'p',
        { spec: { containers: [{}, {}] }, status },
        { creationTimestamp: ago(60), ...metadata },
      );
      expect(BUILTIN_TABLES['/pods']!.cells(pod, NOW).slice(0, 5)).to.deep.equal(['p', ...expected, '60s']);
    });
  }

  it('show Events as kubectl does', () => {
    const event = makeObject('Event', 'e', {
      type: 'Warning',
      reason: 'Failed',
      message: ' why\n',
      involvedObject: { kind: 'Pod', name: 'p', fieldPath: 'spec' },
      source: { component: 'c' },
      firstTimestamp: ago(120),
      lastTimestamp: ago(5),
      count: 4,
    });
    expect(BUILTIN_TABLES['/events']!.cells(event, NOW)).to.deep.equal([
      '5s',
      'Warning',
      'Failed',
      'pod/p',
      'spec',
      'c',
      'why',
      '2m',
      4,
      'e',
    ]);
  });
});
