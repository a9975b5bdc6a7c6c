import { expect } from 'chai';
import {
  controllerOf,
  newReplicaSet,
  TEMPLATE_HASH,
  templateHash,
} from '../../../../agents/local/workloads/template.ts';
import { makeDeployment } from './objects.ts';

describe('the hash of a Pod template', () => {
  const { template } = makeDeployment().spec;

  it('is a name of letters that spell nothing', () => {
    expect(templateHash(template)).to.match(/^[bcdfghjklmnpqrstvwxz2456789]{10}$/);
  });

  it('tells another template, and not another order of its keys', () => {
    const turned = { spec: { containers: [{ image: 'new', name: 'main' }] }, metadata: { labels: { app: 'web' } } };
    expect(templateHash(turned)).to.equal(templateHash(template));
    expect(templateHash(makeDeployment({}, 'other').spec.template)).to.not.equal(templateHash(template));
  });

  it('tells another order of a list', () => {
    const containers = [{ name: 'a' }, { name: 'b' }];
    expect(templateHash({ spec: { containers } })).to.not.equal(
      templateHash({ spec: { containers: containers.toReversed() } }),
    );
  });
});

describe('newReplicaSet', () => {
  it('has no Pod yet, belongs to the Deployment, and selects by the hash', () => {
    const deployment = makeDeployment({ replicas: 3 });
    const hash = templateHash(deployment.spec.template);
    const set = newReplicaSet(deployment);
    expect(set.metadata).to.deep.equal({
      name: `web-${hash}`,
      namespace: 'default',
      labels: { app: 'web', [TEMPLATE_HASH]: hash },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name: 'web',
          uid: 'uid-web',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    });
    expect(set.spec.replicas).to.equal(0);
    expect(set.spec.selector.matchLabels).to.deep.equal({ app: 'web', [TEMPLATE_HASH]: hash });
    expect(set.spec.template.metadata?.labels).to.deep.equal({ app: 'web', [TEMPLATE_HASH]: hash });
    expect(controllerOf(set)).to.equal('uid-web');
  });
});

describe('controllerOf', () => {
  it('is empty for what nobody controls', () => {
    expect(controllerOf({ metadata: {} })).to.equal('');
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u' };
    expect(controllerOf({ metadata: { ownerReferences: [owner] } })).to.equal('');
  });
});
