import { expect } from 'chai';
import { deploymentStatus, replicaSetStatus } from '../../../../agents/local/workloads/workload-status.ts';
import type { Deployment } from '../../../../crds/client/resources.ts';
import { makePod } from '../../../builders/pod.ts';
import { makeDeployment, makeSet } from './objects.ts';

const NOW = Date.parse('2026-01-01T01:00:00Z');
const NOW_TEXT = '2026-01-01T01:00:00Z';

describe('replicaSetStatus', () => {
  const set = makeSet(makeDeployment(), { wanted: 2, present: 0 });

  it('counts the Pods that neither end nor have ended; a count of 0 is absent', () => {
    const pods = [
      makePod('a').obj(),
      makePod('b').notReady().obj(),
      makePod('c').deleting().obj(),
      makePod('d').status({ phase: 'Failed' }).obj(),
    ];
    expect(replicaSetStatus(set, pods, undefined, NOW)).to.deep.equal({
      replicas: 2,
      fullyLabeledReplicas: 2,
      readyReplicas: 1,
      availableReplicas: 1,
      observedGeneration: 1,
    });
    expect(replicaSetStatus(set, [], undefined, NOW)).to.deep.equal({ replicas: 0, observedGeneration: 1 });
  });

  it('tells a refused Pod as ReplicaFailure, since when it was first refused', () => {
    const first = replicaSetStatus(set, [], 'no room', NOW);
    expect(first.conditions).to.deep.equal([
      {
        type: 'ReplicaFailure',
        status: 'True',
        reason: 'FailedCreate',
        message: 'no room',
        lastTransitionTime: NOW_TEXT,
      },
    ]);
    const [again] = replicaSetStatus({ ...set, status: first }, [], 'still no room', NOW + 60_000).conditions!;
    expect(again).to.deep.include({ message: 'still no room', lastTransitionTime: NOW_TEXT });
  });
});

describe('deploymentStatus', () => {
  /** Conditions as `type=status/reason`. */
  const told = (status: Deployment['status']) =>
    status!.conditions!.map(({ type, status, reason }) => `${type}=${status}/${reason}`);
  const ENOUGH = 'Available=True/MinimumReplicasAvailable';
  const TOO_FEW = 'Available=False/MinimumReplicasUnavailable';
  const GOES_ON = 'Progressing=True/ReplicaSetUpdated';
  const IS_OVER = 'Progressing=True/NewReplicaSetAvailable';

  it('sums up all ReplicaSets; a count of 0 is absent', () => {
    const deployment = makeDeployment({ replicas: 4 });
    const sets = [makeSet(deployment, { wanted: 3 }, 'old'), makeSet(deployment, { wanted: 2, available: 0 })];
    expect(deploymentStatus(deployment, sets, NOW)).to.deep.include({
      observedGeneration: 1,
      replicas: 5,
      updatedReplicas: 2,
      readyReplicas: 3,
      availableReplicas: 3,
      unavailableReplicas: 1,
    });
    const idle = makeDeployment({ replicas: 0 });
    expect(deploymentStatus(idle, [makeSet(idle)], NOW)).to.have.all.keys('observedGeneration', 'conditions');
  });

  for (const [title, replicas, old, current, conditions] of [
    ['new', 2, 0, 0, [TOO_FEW, GOES_ON]],
    ['up', 2, 0, 2, [ENOUGH, IS_OVER]],
    ['scaled to 0', 0, 0, 0, [ENOUGH, IS_OVER]],
    ['in an update with all its Pods', 2, 1, 1, [ENOUGH, GOES_ON]],
    ['short of one of two', 2, 0, 1, [TOO_FEW, GOES_ON]],
    ['short of one of four, of which a quarter may be missing', 4, 0, 3, [ENOUGH, GOES_ON]],
  ] as const) {
    it(`tells conditions of one that is ${title}`, () => {
      const deployment = makeDeployment({ replicas });
      const sets = [makeSet(deployment, { wanted: old }, 'old'), makeSet(deployment, { wanted: current })];
      expect(told(deploymentStatus(deployment, sets, NOW))).to.deep.equal(conditions);
    });
  }

  it('passes a refused Pod of the present template on', () => {
    const deployment = makeDeployment();
    const refused = (image?: string) => {
      const set = makeSet(deployment, { wanted: 1, present: 0 }, image);
      return { ...set, status: replicaSetStatus(set, [], 'no room', NOW) };
    };
    const status = deploymentStatus(deployment, [refused()], NOW);
    expect(status.conditions?.at(-1)).to.deep.include({ type: 'ReplicaFailure', message: 'no room' });
    expect(told(deploymentStatus(deployment, [makeSet(deployment), refused('old')], NOW))).to.deep.equal([
      TOO_FEW,
      GOES_ON,
    ]);
  });

  it('names the ReplicaSet that is to be where there is none yet', () => {
    const deployment = makeDeployment();
    const { conditions } = deploymentStatus(deployment, [], NOW);
    expect(conditions?.at(-1)?.message).to.equal(`ReplicaSet "${makeSet(deployment).metadata.name}" is progressing.`);
  });
});

describe('the progress of a Deployment', () => {
  /** The Progressing condition after each of these: seconds since NOW, and sizes of the old and the new ReplicaSet. */
  function follow(deployment: Deployment, moments: readonly { at: number; old?: number; current?: number }[]) {
    let status: Deployment['status'];
    return moments.map(({ at, old = 0, current = 0 }) => {
      const sets = [
        makeSet(deployment, { wanted: old }, 'old'),
        makeSet(deployment, { wanted: 2, present: current, available: current }),
      ];
      status = deploymentStatus({ ...deployment, ...(status && { status }) }, sets, NOW + at * 1000);
      const {
        lastTransitionTime,
        lastUpdateTime,
        reason,
        status: is,
      } = status.conditions![1]! as Record<string, string>;
      const second = (time = '') => (Date.parse(time) - NOW) / 1000;
      return `${is}/${reason} since ${second(lastTransitionTime)}, moved ${second(lastUpdateTime)}`;
    });
  }

  const deployment = makeDeployment({ replicas: 2, progressDeadlineSeconds: 100 });

  it('goes on while anything moves, and is over once all is new', () => {
    const moments = [{ at: 0 }, { at: 90, current: 1 }, { at: 180, current: 1 }, { at: 185, current: 2 }];
    expect(follow(deployment, moments)).to.deep.equal([
      'True/ReplicaSetUpdated since 0, moved 0',
      'True/ReplicaSetUpdated since 0, moved 90',
      'True/ReplicaSetUpdated since 0, moved 90',
      'True/NewReplicaSetAvailable since 0, moved 185',
    ]);
  });

  it('is late when nothing has moved until the deadline, until something does', () => {
    const moments = [{ at: 0 }, { at: 99 }, { at: 100 }, { at: 101 }, { at: 600, current: 1 }];
    expect(follow(deployment, moments)).to.deep.equal([
      'True/ReplicaSetUpdated since 0, moved 0',
      'True/ReplicaSetUpdated since 0, moved 0',
      'False/ProgressDeadlineExceeded since 100, moved 100',
      'False/ProgressDeadlineExceeded since 100, moved 100',
      'True/ReplicaSetUpdated since 600, moved 600',
    ]);
  });

  it('stays over when a Pod fails later', () => {
    const moments = [
      { at: 0, current: 2 },
      { at: 500, current: 1 },
      { at: 900, current: 2 },
    ];
    expect(follow(deployment, moments).every(text => text.startsWith('True/NewReplicaSetAvailable since 0'))).to.equal(
      true,
    );
  });

  it('has a deadline of 600 s where the Deployment does not say, and a new one with each template', () => {
    const unsaid = makeDeployment({ replicas: 2 });
    expect(follow(unsaid, [{ at: 0 }, { at: 599 }, { at: 600 }])[2]).to.match(/^False/);
    const stuck = deploymentStatus(unsaid, [], NOW);
    const renewed = { ...makeDeployment({ replicas: 2 }, 'newer'), status: stuck };
    const [, progressing] = deploymentStatus(renewed, [], NOW + 700_000).conditions!;
    expect(progressing).to.deep.include({ status: 'True', lastUpdateTime: '2026-01-01T01:11:40Z' });
  });
});
