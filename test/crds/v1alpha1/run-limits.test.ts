import { expect } from 'chai';
import { parseQuantity, runLimitsOf } from '../../../crds/v1alpha1/run-limits.ts';
import { makeRuntime } from '../../builders/runtime.ts';

describe('the limits of each Run', () => {
  const withMemory = (memory: unknown) =>
    makeRuntime().podSpec({ containers: [{ name: 'runtime', resources: { limits: { memory } } }] });

  const cases: [title: string, runtime: ReturnType<typeof makeRuntime>, limits: object][] = [
    ['where nothing is set', makeRuntime(), { processes: 512, disk: '10Gi' }],
    [
      'with three quarters of the container’s memory',
      withMemory('1Gi'),
      {
        processes: 512,
        disk: '10Gi',
        memory: '768Mi',
      },
    ],
    [
      'of a container whose limit is a plain number',
      withMemory(536_870_912),
      {
        processes: 512,
        disk: '10Gi',
        memory: '384Mi',
      },
    ],
    [
      'as the Runtime sets them, which comes first',
      withMemory('1Gi').spec({ limits: { memory: '1Mi', processes: 3, disk: '7' } }),
      { processes: 3, disk: '7', memory: '1Mi' },
    ],
    ['one by one', makeRuntime().spec({ limits: { processes: 3 } }), { processes: 3, disk: '10Gi' }],
  ];
  for (const [title, runtime, limits] of cases) {
    it(title, () => expect(runLimitsOf(runtime.obj())).to.deep.equal(limits));
  }

  for (const [text, number] of [
    ['0', 0],
    ['100', 100],
    ['1.5Gi', 1_610_612_736],
    ['64M', 64_000_000],
    ['2Ki', 2048],
    ['', undefined],
    ['1 Gi', undefined],
    ['-1', undefined],
    ['1Pb', undefined],
  ] as const) {
    it(`reads the quantity ${JSON.stringify(text)} as ${number}`, () => expect(parseQuantity(text)).to.equal(number));
  }
});
