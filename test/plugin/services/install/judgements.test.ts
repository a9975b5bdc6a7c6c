import { expect } from 'chai';
import type { Deployment, Lease, Pod } from '../../../../crds/client/resources.ts';
import { type AgentView, judgeAgent } from '../../../../plugin/services/install/check-agents.ts';
import { judgeRuntimes } from '../../../../plugin/services/install/check-runtimes.ts';
import { firstDifference } from '../../../../plugin/services/install/difference.ts';
import { isRolledOut } from '../../../../plugin/services/install/rolled-out.ts';
import { makeRuntime } from '../../../builders/runtime.ts';

const NOW = Date.parse('2026-01-01T00:05:00Z');

describe('the first difference between what is wanted and what is there', () => {
  for (const [wanted, actual, path] of [
    [{ a: 1 }, { a: 1, b: 2 }, undefined],
    [{ a: { b: [1, { c: 'x' }] } }, { a: { b: [1, { c: 'x', d: 'y' }] } }, undefined],
    [{ a: {} }, {}, undefined],
    [{ a: 1 }, {}, '.a'],
    [{ a: { b: [1, { c: 'x' }] } }, { a: { b: [1, { c: 'y' }] } }, '.a.b[1].c'],
    [{ a: [1] }, { a: [1, 2] }, '.a'],
    [{ a: [1] }, { a: 'text' }, '.a'],
    [{ a: { b: 1 } }, { a: 'text' }, '.a'],
    [{ a: 'text' }, { a: { b: 1 } }, '.a'],
  ] as const) {
    it(`between ${JSON.stringify(wanted)} and ${JSON.stringify(actual)} is ${path ?? 'none'}`, () => {
      expect(firstDifference(wanted, actual)).to.equal(path);
    });
  }
});

function deployment(status: Deployment['status'], replicas = 2, image = 'krt-agents:1'): Deployment {
  const template = { spec: { containers: [{ name: 'controller', image }] } };
  const metadata = { name: 'krt-controller', namespace: 'krt-system', generation: 3 };
  return { metadata, spec: { replicas, selector: {}, template }, ...(status && { status }) };
}

const READY = { observedGeneration: 3, updatedReplicas: 2, availableReplicas: 2 };
/** One new Pod has not taken the place of an old one. */
const UPDATING = { observedGeneration: 3, updatedReplicas: 1, availableReplicas: 2 };

const pod = (status: Pod['status']): Pod => ({
  metadata: { name: 'krt-controller-x', namespace: 'krt-system' },
  spec: { containers: [] },
  ...(status && { status }),
});

const podThatWaits = (waiting: Record<string, string>): Pod =>
  pod({ containerStatuses: [{ name: 'controller', ready: false, restartCount: 0, image: '', state: { waiting } }] });

const lease = (spec: Lease['spec']): Lease => ({
  metadata: { name: 'krt-controller', namespace: 'krt-system' },
  ...(spec && { spec }),
});

const LED = lease({ holderIdentity: 'krt-controller-x', renewTime: '2026-01-01T00:04:50Z', leaseDurationSeconds: 15 });

describe('what krt install --check says of an agent', () => {
  const view = (over: Partial<AgentView>): AgentView => ({
    wanted: deployment(undefined),
    deployment: deployment(READY),
    pods: [],
    lease: LED,
    ...over,
  });

  for (const [title, over, says] of [
    ['that works', {}, ['ok 2 of 2 Pods are ready', 'ok is led by krt-controller-x']],
    [
      'with one Pod that waits for its image',
      {
        deployment: deployment({ availableReplicas: 1 }),
        pods: [podThatWaits({ reason: 'ImagePullBackOff', message: 'no such image' })],
      },
      [
        'note 1 of 2 Pods are ready: Pod krt-controller-x: ImagePullBackOff: no such image',
        'ok is led by krt-controller-x',
      ],
    ],
    [
      'that no node takes',
      {
        deployment: deployment({}),
        pods: [pod({ conditions: [{ type: 'PodScheduled', status: 'False', message: 'too little memory' }] })],
      },
      ['wrong none of its 2 Pods is ready: Pod krt-controller-x is not placed: too little memory'],
    ],
    [
      'whose Pods are refused',
      {
        deployment: deployment({
          conditions: [{ type: 'ReplicaFailure', status: 'True', message: 'violates PodSecurity "restricted"' }],
        }),
      },
      ['wrong none of its 2 Pods is ready: violates PodSecurity "restricted"'],
    ],
    [
      'whose update has no image',
      { deployment: deployment(UPDATING), pods: [podThatWaits({ reason: 'ErrImagePull', message: 'no such image' })] },
      [
        'wrong its update is stuck, and Pods of the version before work on: Pod krt-controller-x: ErrImagePull: no such image',
        'ok is led by krt-controller-x',
      ],
    ],
    [
      'whose update is under way',
      { deployment: deployment(UPDATING), pods: [podThatWaits({ reason: 'ContainerCreating' })] },
      ['note is being updated: 1 Pods are new', 'ok is led by krt-controller-x'],
    ],
    ['that is scaled away', { deployment: deployment({}, 0) }, ['wrong is scaled to 0']],
    [
      'of another version',
      { deployment: deployment(READY, 2, 'mine/krt-agents:0') },
      [
        'ok 2 of 2 Pods are ready',
        'note runs mine/krt-agents:0; this krt would install krt-agents:1',
        'ok is led by krt-controller-x',
      ],
    ],
    [
      'that nobody leads',
      { lease: lease({}) },
      ['ok 2 of 2 Pods are ready', 'wrong no Pod leads (lease krt-controller)'],
    ],
    [
      'that nobody leads any more',
      { lease: lease({ holderIdentity: 'x', renewTime: '2026-01-01T00:04:00Z' }) },
      ['ok 2 of 2 Pods are ready', 'wrong no Pod leads, not since 2026-01-01T00:04:00Z (lease krt-controller)'],
    ],
    ['whose lease may not be read', { lease: undefined }, ['ok 2 of 2 Pods are ready']],
  ] as [string, Partial<AgentView>, string[]][]) {
    it(title, () => {
      const findings = judgeAgent(view(over), NOW);
      const texts = findings.map(
        ({ level, what }) => `${level} ${what.replace(/^deployment.apps\/krt-controller:? /, '')}`,
      );
      expect(texts).to.deep.equal(says);
    });
  }
});

describe('what krt install --check says of Runtimes', () => {
  const condition = (type: string, status: 'True' | 'False', message = '') => ({
    type,
    status,
    message,
    reason: 'X',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  });
  for (const [title, status, replicas, says] of [
    ['is ready', { readyReplicas: 1, conditions: [condition('Available', 'True')] }, 1, 'ok'],
    ['has no Pod', { readyReplicas: 0, conditions: [condition('Available', 'False')] }, 1, 'wrong'],
    ['is refused', { conditions: [condition('Degraded', 'True', 'violates PodSecurity')] }, 1, 'wrong'],
    ['is scaled away', { conditions: [condition('Available', 'False')] }, 0, 'note'],
    ['nobody looks at', {}, 1, 'wrong'],
  ] as const) {
    it(`one that ${title}: ${says}`, () => {
      const runtime = makeRuntime('bash').obj();
      const [finding] = judgeRuntimes([
        {
          ...runtime,
          spec: { ...runtime.spec, replicas },
          status: structuredClone(status) as typeof runtime.status & {},
        },
      ]);
      expect(finding!.level).to.equal(says);
      expect(finding!.what).to.include('Runtime bash in namespace default');
      if (title === 'is refused') expect(finding!.what).to.include('violates PodSecurity');
    });
  }

  it('none: how to make one', () => {
    expect(judgeRuntimes([])).to.deep.equal([
      {
        level: 'note',
        what: 'there is no Runtime yet, so nothing to run programs on',
        hint: 'kubectl apply -f install/runtimes/bash.yaml',
      },
    ]);
  });
});

describe('a rollout', () => {
  for (const [title, status, done] of [
    [
      'is over once all Pods are new and available',
      { observedGeneration: 3, updatedReplicas: 2, availableReplicas: 2 },
      true,
    ],
    ['is not over before it is seen', { observedGeneration: 2, updatedReplicas: 2, availableReplicas: 2 }, false],
    ['is not over while Pods are old', { observedGeneration: 3, updatedReplicas: 1, availableReplicas: 2 }, false],
    ['is not over while Pods start', { observedGeneration: 3, updatedReplicas: 2, availableReplicas: 1 }, false],
  ] as const) {
    it(title, () => expect(isRolledOut(deployment(status))).to.equal(done));
  }
});
