import { expect } from 'chai';
import { Registry } from 'prom-client';
import { countApiWrites, gaugeLeader } from '../../../agents/lib/common-metrics.ts';
import { counts } from '../metric-values.ts';

const SERVER = 'https://10.0.0.1';

describe('the count of API writes', () => {
  for (const [method, path, outcome, expected] of [
    ['PATCH', '/apis/kruntimes.io/v1alpha1/namespaces/a/runs/b/status', '200 OK', 'runs/status 200'],
    ['POST', '/apis/kruntimes.io/v1alpha1/namespaces/a/runs?fieldValidation=Strict', '201 Created', 'runs 201'],
    ['DELETE', '/api/v1/namespaces/a/pods/p', '404 Not Found', 'pods 404'],
    ['PUT', '/apis/coordination.k8s.io/v1/namespaces/a/leases/l', 'socket hang up', 'leases none'],
    ['POST', '/api/v1/namespaces', '409', 'namespaces 409'],
    ['DELETE', '/api/v1/namespaces/a', '200 OK', 'namespaces 200'],
    ['PATCH', '/k8s/clusters/c/apis/apps/v1/namespaces/a/deployments/d/scale', '200 OK', 'deployments/scale 200'],
    ['POST', '/version', '200 OK', 'other 200'],
    ['GET', '/apis/kruntimes.io/v1alpha1/runs', '200 OK', undefined],
  ] as const) {
    it(`tells of ${method} ${path}: ${expected ?? 'nothing'}`, async () => {
      const registry = new Registry();
      countApiWrites(registry)(method, SERVER + path)(outcome);
      expect(await counts(registry, 'krt_api_writes_total')).to.deep.equal(expected ? { [expected]: 1 } : {});
    });
  }
});

describe('the gauge of leadership', () => {
  it('is there with 0 until the process leads, so that a sum tells that nobody does', async () => {
    const registry = new Registry();
    const leader = gaugeLeader(registry, 'krt-scheduler');
    expect(await registry.metrics()).to.include('krt_leader{lease="krt-scheduler"} 0');
    leader.set(true);
    expect(await registry.metrics()).to.include('krt_leader{lease="krt-scheduler"} 1');
    leader.set(false);
    expect(await registry.metrics()).to.include('krt_leader{lease="krt-scheduler"} 0');
  });
});
