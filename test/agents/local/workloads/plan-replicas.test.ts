import { expect } from 'chai';
import { planReplicas } from '../../../../agents/local/workloads/plan-replicas.ts';
import { makePod } from '../../../builders/pod.ts';
import { makeDeployment, makeSet } from './objects.ts';

const born = (second: number) => ({ creationTimestamp: `2026-01-01T00:00:0${second}Z` });

describe('planReplicas', () => {
  const old = makePod('old').meta(born(1)).obj();
  const young = makePod('young').meta(born(2)).obj();
  const starting = makePod('starting').meta(born(0)).notReady().obj();
  const ended = makePod('ended').status({ phase: 'Failed' }).obj();
  const done = makePod('done').status({ phase: 'Succeeded' }).obj();
  const going = makePod('going').deleting().obj();

  for (const [title, wanted, pods, create, removed] of [
    ['as many as are wanted', 2, [old, young], 0, []],
    ['those that are missing', 3, [old], 2, []],
    ['none at all', 0, [], 0, []],
    ['others for those that have ended or go', 2, [old, ended, done, going], 1, []],
    ['no ended Pod in the place of a surplus', 1, [old, ended], 0, []],
    ['of too many, first the one that is not ready', 2, [old, young, starting], 0, ['starting']],
    ['then the youngest', 1, [old, young, starting], 0, ['starting', 'young']],
    ['all', 0, [old, young], 0, ['young', 'old']],
  ] as const) {
    it(`has ${title}`, () => {
      const plan = planReplicas(makeSet(makeDeployment(), { wanted }), pods);
      expect(plan.create).to.equal(create);
      expect(plan.remove.map(({ metadata }) => metadata.name)).to.deep.equal(removed);
    });
  }

  it('wants one Pod where the ReplicaSet does not say', () => {
    const { spec, ...set } = makeSet(makeDeployment());
    const { replicas: _, ...rest } = spec;
    expect(planReplicas({ ...set, spec: rest }, []).create).to.equal(1);
  });
});
