import { expect } from 'chai';
import { planRollout } from '../../../../agents/local/workloads/plan-rollout.ts';
import type { Deployment } from '../../../../crds/client/resources.ts';
import { makeDeployment, makeSet } from './objects.ts';

interface Bounds {
  maxSurge?: number | string;
  maxUnavailable?: number | string;
}

const rolling = (rollingUpdate: Bounds) => ({ strategy: { type: 'RollingUpdate', rollingUpdate } });

/** The sizes that a plan leads to, in the order of `sets`. */
function sizesAfter(deployment: Deployment, sets: readonly Deployment[]): number[] {
  const { scale } = planRollout(deployment, sets);
  return sets.map(set => scale.find(step => step.set === set)?.replicas ?? set.spec.replicas!);
}

/**
 * A whole update as `old+new` Pods after each plan: each time, all Pods that were wanted come up or go before the next.
 * Fails where a step has fewer available Pods, or more in all, than it may.
 */
function rollOut(replicas: number, bounds: Bounds, may: { most: number; least: number }): string[] {
  const deployment = makeDeployment({ replicas, ...rolling(bounds) });
  let sizes = [replicas, 0];
  const steps: string[] = [];
  for (let i = 0; i < 50; i++) {
    const sets = [
      makeSet(deployment, { wanted: sizes[0]! }, 'old'),
      makeSet(deployment, { wanted: sizes[1]!, born: 1 }),
    ];
    const next = sizesAfter(deployment, sets);
    if (next.join() === sizes.join()) return steps;
    expect(next[0]! + next[1]!, 'Pods in all').to.be.at.most(may.most);
    // what stays of the old and what was there of the new: the rest has yet to come up
    expect(next[0]! + Math.min(next[1]!, sizes[1]!), 'available Pods').to.be.at.least(may.least);
    sizes = next;
    steps.push(next.join('+'));
  }
  throw new Error(`no end: ${steps.join(' ')}`);
}

describe('planRollout', () => {
  for (const [title, replicas, bounds, may, steps] of [
    ['one Pod, another first', 1, { maxSurge: '25%', maxUnavailable: 0 }, { most: 2, least: 1 }, '1+1 0+1'],
    ['one Pod, the old one first', 1, { maxSurge: 0, maxUnavailable: 1 }, { most: 1, least: 0 }, '0+0 0+1'],
    ['two Pods, none missing', 2, { maxSurge: '25%', maxUnavailable: 0 }, { most: 3, least: 2 }, '2+1 1+1 1+2 0+2'],
    ['by quarters, as is the default', 4, {}, { most: 5, least: 3 }, '3+1 2+2 1+3 0+4'],
    [
      'percentages: more round up, fewer down',
      5,
      { maxSurge: '30%', maxUnavailable: '30%' },
      { most: 7, least: 4 },
      '4+2 2+3 1+5 0+5',
    ],
    [
      'neither of the two: one may be missing',
      3,
      { maxSurge: 0, maxUnavailable: 0 },
      { most: 3, least: 2 },
      '2+0 2+1 1+1 1+2 0+2 0+3',
    ],
    ['all at once', 3, { maxSurge: '100%', maxUnavailable: '100%' }, { most: 6, least: 0 }, '0+3'],
    ['more may be missing than there are', 2, { maxSurge: 0, maxUnavailable: 5 }, { most: 2, least: 0 }, '0+0 0+2'],
    ['no Pods at all', 0, {}, { most: 0, least: 0 }, ''],
  ] as const) {
    it(`updates step by step: ${title}`, () => {
      expect(rollOut(replicas, bounds, may).join(' ')).to.equal(steps);
    });
  }

  it('makes the ReplicaSet of a new template first, and touches no other before', () => {
    const deployment = makeDeployment({ replicas: 3 });
    expect(planRollout(deployment, [makeSet(deployment, { wanted: 3 }, 'old')])).to.deep.equal({
      create: true,
      scale: [],
      remove: [],
    });
  });

  it('is at rest once all Pods are new', () => {
    const deployment = makeDeployment({ replicas: 3 });
    const sets = [makeSet(deployment, {}, 'old'), makeSet(deployment, { wanted: 3 })];
    expect(planRollout(deployment, sets)).to.deep.equal({ create: false, scale: [], remove: [] });
  });

  // sizes as [wanted, available] of the old and the new ReplicaSet
  for (const [title, replicas, old, current, sizes] of [
    ['scales up without an update', 5, [0, 0], [2, 2], [0, 5]],
    ['scales down without an update', 1, [0, 0], [4, 4], [0, 1]],
    ['scales to 0, and takes old ones along', 0, [2, 2], [2, 1], [0, 0]],
    ['scales up within an update, by no more than the surge', 6, [2, 2], [1, 1], [2, 6]],
    ['removes dead old Pods before the new ones are up', 4, [4, 2], [1, 0], [3, 1]],
    ['lets living old Pods stay while the new ones are not up', 4, [3, 3], [2, 0], [3, 2]],
    ['removes dead old Pods one by one where none may be missing', 2, [2, 0], [1, 1], [1, 1]],
    ['goes back: the present template is the smaller set', 4, [4, 4], [1, 1], [2, 1]],
  ] as const) {
    it(title, () => {
      const deployment = makeDeployment({ replicas });
      const sets = [
        makeSet(deployment, { wanted: old[0], available: old[1] }, 'old'),
        makeSet(deployment, { wanted: current[0], available: current[1], born: 1 }),
      ];
      expect(sizesAfter(deployment, sets)).to.deep.equal(sizes);
    });
  }

  it('takes from the oldest first, and no Pod twice while its going is not told yet', () => {
    const deployment = makeDeployment({ replicas: 4, ...rolling({ maxSurge: 1, maxUnavailable: 0 }) });
    const oldest = makeSet(deployment, { wanted: 1, born: 1 }, 'oldest');
    const older = makeSet(deployment, { wanted: 2, born: 2 }, 'older');
    const current = makeSet(deployment, { wanted: 2, born: 3 });
    expect(sizesAfter(deployment, [older, current, oldest])).to.deep.equal([2, 2, 0]);
    // the set has been told 0, but its Pod still counts as available
    const going = makeSet(deployment, { wanted: 0, present: 1, born: 1 }, 'oldest');
    expect(sizesAfter(deployment, [older, current, going])).to.deep.equal([2, 3, 0]);
  });

  for (const [title, limit, removed] of [
    ['3', 3, ['a', 'b']],
    ['10 where it does not say', undefined, []],
    ['none', 0, ['a', 'b', 'c', 'd', 'e']],
  ] as const) {
    it(`keeps so many empty ReplicaSets: ${title}`, () => {
      const deployment = makeDeployment({ ...(limit !== undefined && { revisionHistoryLimit: limit }) });
      const images = ['c', 'a', 'e', 'd', 'b'];
      const sets = images.map(image => makeSet(deployment, { born: image.charCodeAt(0) - 90 }, image));
      const { remove } = planRollout(deployment, [makeSet(deployment, { wanted: 1 }), ...sets]);
      const imageOf = (set: Deployment) => set.spec.template.spec.containers[0]!.image;
      expect(remove.map(imageOf)).to.deep.equal(removed);
    });
  }

  it('never forgets a ReplicaSet that has Pods, or is being deleted already', () => {
    const deployment = makeDeployment({ revisionHistoryLimit: 0 });
    const ending = makeSet(deployment, { wanted: 0, present: 1 }, 'ending');
    const deleted = makeSet(deployment, {}, 'deleted');
    deleted.metadata.deletionTimestamp = '2026-01-01T00:01:00Z';
    expect(planRollout(deployment, [makeSet(deployment, { wanted: 1 }), ending, deleted]).remove).to.deep.equal([]);
  });
});
