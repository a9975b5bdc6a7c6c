import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { makeClaim } from '../acceptance/harness/claim.ts';
import { sh, useWorld } from '../acceptance/harness/world.ts';
import { KEYS, type S3Server, startS3 } from './versitygw.ts';

const BUCKET = 'krt-memory';
/** `KRT_ARTIFACT_MIB=2048 npm run test:s3 -- -g memory` is what docs/operate.md tells the figures of. */
const MIB = Number(process.env['KRT_ARTIFACT_MIB'] || 256);
/** How much more memory than at rest, after a Run with a small artifact, runtimed may have had for a large one. */
const MOST_MIB = 32;
const TIMEOUT_MS = 60_000 + MIB * 150;

describe('the memory of runtimed', () => {
  const world = useWorld('memory', { bash: false });
  let server: S3Server;
  before(async function () {
    this.timeout(300_000);
    server = await startS3(BUCKET);
    await world.clients.transport.json({
      method: 'POST',
      path: `/api/v1/namespaces/${world.namespace}/secrets`,
      body: { metadata: { name: 'keys' }, stringData: KEYS },
    });
    await makeClaim(world, 'results');
    const s3 = { bucket: BUCKET, endpoint: server.endpoint, forcePathStyle: true, credentialsSecretName: 'keys' };
    await world.addRuntime('s3', { replicas: 1, artifactStore: { s3 } });
    await world.addRuntime('filesystem', {
      replicas: 1,
      artifactStore: { filesystem: { volumeClaimName: 'results' } },
    });
  });
  after(() => server?.stop());

  for (const runtime of ['filesystem', 's3']) {
    it(`stays flat for an artifact of ${MIB} MiB (${runtime})`, async function () {
      this.timeout(TIMEOUT_MS);
      const pid = pidOf(runtime);
      await world.ended(await world.submit(sh('echo small >"$KRUNTIME_ARTIFACTS_DIR/a"', { runtime })));
      const before = peakOf(pid);
      const name = await world.submit(sh(`truncate -s ${MIB}M "$KRUNTIME_ARTIFACTS_DIR/big"`, { runtime }));
      const { phase, artifactRefs } = await world.runs.until(
        `the end of ${name}`,
        () => [world.runs.get(name)?.status].find(status => status?.completionTime !== undefined),
        TIMEOUT_MS,
      );
      expect([phase, artifactRefs?.[0]?.sizeBytes]).to.deep.equal(['Succeeded', MIB * 1024 * 1024]);
      const most = peakOf(pid);
      process.stdout.write(`      at rest ${before.toFixed(0)} MiB, at most ${most.toFixed(0)} MiB\n`);
      await world.clients.runs.delete(name, world.namespace);
      await world.runs.until(`the end of Run ${name}`, () => !world.runs.get(name));
      expect(most - before).to.be.lessThan(MOST_MIB);
    });
  }
});

/** The runtimed of a Runtime with one Pod, which is a process of this machine. */
function pidOf(runtime: string): number {
  const found = readdirSync('/proc').find(pid => {
    try {
      const isAgent = /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('runtimed.js');
      return isAgent && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`KRT_RUNTIME_NAME=${runtime}\0`);
    } catch {
      return false; // it has ended meanwhile
    }
  });
  return Number(found);
}

/** The most memory that a process has had, in MiB. */
function peakOf(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}
