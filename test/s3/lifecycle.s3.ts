import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
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
});
