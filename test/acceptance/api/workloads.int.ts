import { expect } from 'chai';
import { useWorld } from '../harness/world.ts';
import { BAD_DEPLOYMENTS, container, deployment, UNREADABLE_DEPLOYMENTS } from './deployments.ts';
import { MERGE, send } from './raw.ts';

/** What writers of a Runtime's template get wrong is told by the API server when the Deployment is made. */
describe('the API: Pods and what makes them', () => {
  const world = useWorld('workloads', { bash: false });
  const path = (kind: string, group = 'apps/v1') => `/apis/${group}/namespaces/${world.namespace}/${kind}`;
  const core = (kind: string) => `/api/v1/namespaces/${world.namespace}/${kind}`;
  const create = (body: object, where = path('deployments')) =>
    send(world, { method: 'POST', path: `${where}?dryRun=All`, body });

  for (const [title, body, errors] of BAD_DEPLOYMENTS) {
    it(`refuses a Deployment with wrong ${title}`.replace('wrong no', 'no'), async () => {
      const answer = await create(body);
      const { message, reason } = answer.json();
      expect([answer.status, reason], message).to.deep.equal([422, 'Invalid']);
      for (const error of errors) expect(message).to.include(error);
    });
  }

  for (const [title, body, message] of UNREADABLE_DEPLOYMENTS) {
    it(`can not read ${title}`, async () => {
      const answer = await create(body);
      expect([answer.status, answer.json().reason]).to.deep.equal([400, 'BadRequest']);
      expect(answer.json().message).to.include(message);
    });
  }

  it('tells what no Pod has, where it is asked to be strict', async () => {
    const body = container({ imagee: 'x', env: [{ name: 'A', valu: '1' }] });
    const strict = await send(world, {
      method: 'POST',
      path: `${path('deployments')}?dryRun=All&fieldValidation=Strict`,
      body,
    });
    const [odd, odder] = ['spec.template.spec.containers[0].imagee', 'spec.template.spec.containers[0].env[0].valu'];
    expect([strict.status, strict.json().message]).to.deep.equal([
      400,
      `Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "${odd}", unknown field "${odder}"`,
    ]);
  });

  it('fills in what is left out, and writes quantities its own way', async () => {
    const resources = { requests: { cpu: 0.5, memory: '1024Mi' }, limits: { cpu: '1000m' } };
    const { spec } = (
      await create(container({ resources, readinessProbe: { httpGet: { port: 80 } } }, { volumes: [{ name: 'v' }] }))
    ).json();
    expect(spec).to.deep.include({ replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
    expect(spec.strategy).to.deep.equal({
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' },
    });
    const pod = spec.template.spec;
    expect(pod).to.deep.include({
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      volumes: [{ name: 'v', emptyDir: {} }],
    });
    const [made] = pod.containers;
    expect(made).to.deep.include({
      imagePullPolicy: 'Always',
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
    });
    expect(made.resources).to.deep.equal({ requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '1' } });
    expect(made.readinessProbe).to.deep.equal({
      httpGet: { path: '/', port: 80, scheme: 'HTTP' },
      timeoutSeconds: 1,
      periodSeconds: 10,
      successThreshold: 1,
      failureThreshold: 3,
    });
  });

  it('scales a Deployment through its scale subresource', async () => {
    const body = deployment({}, { paused: true, replicas: 0 });
    expect((await send(world, { method: 'POST', path: path('deployments'), body })).status).to.equal(201);
    const scale = `${path('deployments')}/x/scale`;
    const patch = (spec: object) => send(world, { method: 'PATCH', path: scale, contentType: MERGE, body: { spec } });
    for (const [spec, message] of [
      [{ replicas: -5 }, 'spec.replicas: Invalid value: -5: must be greater than or equal to 0'],
      [{ replicas: 'x' }, 'cannot unmarshal string into Go struct field ScaleSpec.spec.replicas of type int32'],
    ] as const) {
      const refused = await patch(spec);
      expect([refused.status, refused.json().message]).to.satisfy(
        ([status, text]: [number, string]) => status === 422 && text.includes(message),
      );
    }
    const read = (await send(world, { path: scale })).json();
    expect([read.kind, read.spec, read.status.selector]).to.deep.equal(['Scale', {}, 'app=x']);
    const put = await send(world, {
      method: 'PUT',
      path: scale,
      body: { metadata: { name: 'other' }, spec: { replicas: 0 } },
    });
    expect([put.status, put.json().reason]).to.deep.equal([400, 'BadRequest']);
    expect((await send(world, { method: 'DELETE', path: scale })).status).to.equal(405);
    expect((await send(world, { method: 'DELETE', path: `${path('deployments')}/x` })).json().status).to.equal(
      'Success',
    );
  });

  it('keeps what is immutable, and what no file could be named', async () => {
    const maps = core('configmaps');
    const bad = await send(world, {
      method: 'POST',
      path: maps,
      body: { metadata: { name: 'bad' }, data: { 'a b': 'c' } },
    });
    expect([bad.status, bad.json().details.causes[0].field]).to.deep.equal([422, 'data[a b]']);
    await send(world, {
      method: 'POST',
      path: maps,
      body: { metadata: { name: 'fixed' }, immutable: true, data: { a: '1' } },
    });
    const change = await send(world, {
      method: 'PATCH',
      path: `${maps}/fixed`,
      contentType: MERGE,
      body: { data: { a: '2' } },
    });
    expect(change.json().message).to.include('data: Forbidden: field is immutable when `immutable` is set');
    const secret = { metadata: { name: 's' }, stringData: { b: 'hi' }, data: { a: 'aGk=' } };
    const made = (await send(world, { method: 'POST', path: core('secrets'), body: secret })).json();
    expect([made.type, made.data, made.stringData]).to.deep.equal(['Opaque', { a: 'aGk=', b: 'aGk=' }, undefined]);
    const typed = await send(world, {
      method: 'PATCH',
      path: `${core('secrets')}/s`,
      contentType: MERGE,
      body: { type: 'x' },
    });
    expect(typed.json().message).to.include('type: Invalid value: "x": field is immutable');
    const base64 = await send(world, {
      method: 'POST',
      path: core('secrets'),
      body: { metadata: { name: 't' }, data: { a: '%%' } },
    });
    expect([base64.status, base64.json().message]).to.satisfy(
      ([status, text]: [number, string]) => status === 400 && text.includes('illegal base64 data at input byte 0'),
    );
  });
});
