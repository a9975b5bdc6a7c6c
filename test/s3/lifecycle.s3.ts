import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Pod } from '../../crds/client/index.ts';
import { sh, useWorld } from '../acceptance/harness/world.ts';
import { KEYS, type S3Server, startS3 } from './versitygw.ts';

const BUCKET = 'krt-results';
const SCRIPT = 'cd "$KRUNTIME_ARTIFACTS_DIR"; echo body >a; mkdir d; echo inside >d/b; env >>a; exit 3';

describe('artifacts of Runs in S3', () => {
  const world = useWorld('s3', { bash: false });
  let server: S3Server;
  before(async function () {
    this.timeout(300_000);
    server = await startS3(BUCKET);
    await world.clients.transport.json({
      method: 'POST',
      path: `/api/v1/namespaces/${world.namespace}/secrets`,
      body: { metadata: { name: 'keys' }, stringData: KEYS },
    });
    const s3 = { bucket: BUCKET, endpoint: server.endpoint, forcePathStyle: true, credentialsSecretName: 'keys' };
    await world.addRuntime('bash', { replicas: 1, artifactStore: { s3 } });
  });
  after(() => server?.stop());

  it('are stored at the end, and fetched through the Pod, which alone has the credentials', async () => {
    const run = await world.ended(await world.submit(sh(SCRIPT)));
    expect(run.status).to.include({ phase: 'Failed', reason: 'ExitCode', exitCode: 3 });
    expect(run.status?.artifactRefs?.map(({ name, driver }) => [name, driver])).to.deep.equal([
      ['a', 's3'],
      ['d', 's3'],
    ]);
    const end = await world.krt(['artifact', 'download', run.metadata.name!, '-o', 'out']);
    expect([end.code, end.stdout], end.stderr).to.deep.equal([0, 'out/a\nout/d\n']);
    expect(readFileSync(join(world.dir, 'out/d/b'), 'utf8')).to.equal('inside\n');
    const seen = readFileSync(join(world.dir, 'out/a'), 'utf8');
    expect(seen)
      .to.match(/^body\n/)
      .and.not.match(/AWS_|krt-test-secret/);
  });

  const objects = () =>
    readdirSync(join(server.dir, BUCKET), { recursive: true }).filter(path => /\/.*\//.test(`${path}`));

  it('go with their Run, and its log, when it is deleted', async () => {
    const before = objects().length;
    const name = await world.submit(sh(`echo said; ${SCRIPT}`));
    const { status, metadata } = await world.ended(name);
    expect(status?.logRef?.archive).to.match(new RegExp(`^s3://${BUCKET}/${metadata.uid}/log-`));
    expect(objects().length).to.be.greaterThan(before);
    await world.clients.runs.delete(name, world.namespace);
    await world.runs.until('the end of the Run', () => !world.runs.get(name));
    expect(objects().length).to.equal(before);
  });

  it('stay with their Run while the store is down, and go when it is back', async () => {
    const name = await world.submit(sh(SCRIPT));
    await world.ended(name);
    server.pause();
    await world.clients.runs.delete(name, world.namespace);
    const { uid } = world.runs.get(name)!.metadata;
    await world.runs.until('its deletion', () => world.runs.get(name)?.metadata.deletionTimestamp !== undefined);
    expect(world.runs.get(name)?.metadata.finalizers).to.deep.equal(['kruntimes.io/artifacts']);
    await server.resume();
    await world.runs.until('the end of the Run', () => !world.runs.get(name), 90_000);
    expect(objects().filter(path => `${path}`.startsWith(`${uid}/`))).to.deep.equal([]);
  }).timeout(120_000);

  it('go with their Run also when its Runtime is gone', async () => {
    const s3 = { bucket: BUCKET, endpoint: server.endpoint, forcePathStyle: true, credentialsSecretName: 'keys' };
    await world.addRuntime('gone', { replicas: 1, artifactStore: { s3 } });
    const name = await world.submit({ ...sh(SCRIPT), runtime: 'gone' });
    const { uid } = (await world.ended(name)).metadata;
    const left = () => objects().filter(path => `${path}`.startsWith(`${uid}/`));
    expect(left()).not.to.deep.equal([]);
    await world.clients.runtimes.delete('gone', world.namespace);
    const isOf = (pod: Pod) => pod.metadata.labels?.['kruntimes.io/runtime'] === 'gone';
    await world.pods.until('the end of its Pods', () => !world.pods.all().some(isOf), 60_000);
    await world.clients.runs.delete(name, world.namespace);
    await world.runs.until('the end of the Run', () => !world.runs.get(name), 60_000);
    expect(left()).to.deep.equal([]);
  }).timeout(150_000);

  it('show what a Run said when its Pod is gone', async () => {
    const name = await world.submit(sh('echo said; echo err >&2'));
    const { status } = await world.ended(name);
    const pod = status!.assignedPod!;
    await world.clients.pods.delete(pod, world.namespace);
    await world.pods.until('the end of the Pod', () => !world.pods.get(pod));
    await world.ready('bash', 1);
    const end = await world.krt(['logs', name]);
    expect([end.code, end.stdout, end.stderr]).to.deep.equal([0, 'said\n', 'err\n']);
  });
});
