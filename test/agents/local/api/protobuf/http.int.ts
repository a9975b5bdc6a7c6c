import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { pino } from 'pino';
import { systemClock } from '../../../../../agents/lib/clock.ts';
import { type ApiServer, noPodLogs, startApiServer } from '../../../../../agents/local/api/index.ts';
import samples from './samples.json' with { type: 'json' };

const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const NAMESPACES = '/api/v1/namespaces';

describe('the embedded API, spoken to in protobuf', () => {
  const dir = mkdtempSync(join(tmpdir(), 'krt-protobuf-'));
  let server: ApiServer;
  before(async () => {
    server = await startApiServer({
      dbFile: join(dir, 'state.db'),
      crds: [],
      token: 'token',
      port: 0,
      clock: systemClock,
      log: pino({ enabled: false }),
      podLogs: noPodLogs,
      signal: new AbortController().signal,
    });
  });
  after(async () => {
    await server.close();
    rmSync(dir, { recursive: true });
  });

  async function send(method: string, path: string, body: Buffer, accept = `${PROTOBUF},application/json`) {
    const headers = { authorization: 'Bearer token', 'content-type': PROTOBUF, accept };
    const answer = await fetch(server.url + path, { method, headers, body: new Uint8Array(body) });
    const type = answer.headers.get('content-type');
    return { code: answer.status, type, object: (await answer.json()) as Record<string, unknown> };
  }
  const sample = (start: string) => Buffer.from(samples.find(({ title }) => title.startsWith(start))!.base64, 'base64');

  it('creates what kubectl creates, and answers in JSON', async () => {
    const namespace = await send('POST', NAMESPACES, sample('kubectl create namespace'));
    expect(namespace.code).to.equal(201);
    expect(namespace.type).to.match(/^application\/json/);
    expect(namespace.object).to.have.nested.property('status.phase', 'Active');
    const config = await send('POST', `${NAMESPACES}/demo/configmaps`, sample('kubectl create configmap'));
    expect(config.code).to.equal(201);
    expect(config.object['binaryData']).to.deep.equal({ 'raw.bin': 'AP8Q' });
    const deployments = '/apis/apps/v1/namespaces/demo/deployments';
    const deployment = await send('POST', deployments, sample('kubectl create deployment'));
    expect(deployment.object, 'a zero that was asked for').to.have.nested.property('spec.replicas', 0);
  });

  it('deletes as the options in the body say', async () => {
    const options = sample('DeleteOptions'); // a dry run, of another uid
    const roles = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
    await send('POST', roles, sample('kubectl create clusterrole, aggregated'));
    const { code, object } = await send('DELETE', `${roles}/all`, options);
    expect([code, object['reason']]).to.deep.equal([409, 'Conflict']);
  });

  for (const [title, path, bytes, code, message] of [
    [
      'a body that is none',
      NAMESPACES,
      Buffer.from('{"a":1}'),
      400,
      'the object provided is unrecognized (must be of type Namespace): provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] ({"a":1})',
    ],
    [
      'another kind',
      `${NAMESPACES}/default/secrets`,
      sample('kubectl create configmap'),
      400,
      'ConfigMap in version "v1" cannot be handled as a Secret: no kind "ConfigMap" is registered for version "v1"',
    ],
  ] as const) {
    it(`refuses ${title}`, async () => {
      const { code: got, object } = await send('POST', path, bytes);
      expect([got, object['message']]).to.deep.equal([code, message]);
    });
  }

  it('answers 406 to who takes nothing but protobuf, and stores nothing', async () => {
    const { code } = await send('POST', NAMESPACES, sample('kubectl create namespace'), PROTOBUF);
    expect(code).to.equal(406);
  });
});
