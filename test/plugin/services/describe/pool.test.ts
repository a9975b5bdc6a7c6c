import { expect } from 'chai';
import type { Run } from '../../../../crds/v1alpha1/index.ts';
import { placeInQueue } from '../../../../plugin/services/describe/pool.ts';
import { makeRun } from '../../../builders/run.ts';

describe('the place of a Run in the queue', () => {
  const run = (
    name: string,
    priority: number,
    created: string,
    version: number,
    phase: 'Pending' | 'Running' = 'Pending',
  ) => {
    const made = makeRun(name).spec({ priority }).obj();
    const metadata = { ...made.metadata, creationTimestamp: created, resourceVersion: String(version) };
    return { ...made, metadata, status: { phase } } satisfies Run;
  };
  const me = run('me', 0, '2026-01-01T00:00:05Z', 50);

  for (const [title, others, ahead] of [
    ['is the first where it waits alone', [], 0],
    ['is behind a higher priority, however young', [run('a', 1, '2026-01-01T00:00:09Z', 90)], 1],
    ['is before a lower priority, however old', [run('a', -1, '2026-01-01T00:00:00Z', 1)], 0],
    ['is behind an older one', [run('a', 0, '2026-01-01T00:00:04Z', 60)], 1],
    ['is behind what came first within one second', [run('a', 0, '2026-01-01T00:00:05Z', 49)], 1],
    ['is before what came later within one second', [run('a', 0, '2026-01-01T00:00:05Z', 51)], 0],
    ['is not behind what runs already', [run('a', 9, '2026-01-01T00:00:00Z', 1, 'Running')], 0],
  ] as const) {
    it(title, () => {
      const waiting = 1 + others.filter(({ status }) => status.phase === 'Pending').length;
      expect(placeInQueue(me, [me, ...others])).to.deep.equal({ ahead, waiting });
    });
  }
});
