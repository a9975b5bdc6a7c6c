import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { expect } from 'chai';
import { isTerminal } from '../../crds/v1alpha1/index.ts';
import { ROOT } from '../acceptance/harness/settings.ts';
import { sh, useWorld } from '../acceptance/harness/world.ts';
import { agentsImage, agentsReady, INSTALL_TIMEOUT_MS, kubectl, presence, uninstall } from './harness/krt.ts';

describe('an installation for one namespace', () => {
  const world = useWorld('team', { bash: false });
  const other = useWorld('other', { bash: false });
  let folder = '';

  before(async function () {
    this.timeout(INSTALL_TIMEOUT_MS);
    folder = await mkdtemp(join(ROOT, 'release', 'namespaced-'));
    const overlay = relative(folder, join(ROOT, 'install/overlays/namespaced'));
    const image = agentsImage();
    const kustomization = {
      namespace: world.namespace,
      resources: [overlay],
      ...(image && { images: [{ name: 'krt-agents', newName: image.repository, newTag: image.tag }] }),
    };
    await writeFile(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
    await kubectl(['apply', '-k', folder]);
    await agentsReady(world.namespace);
  });

  after(async function () {
    this.timeout(INSTALL_TIMEOUT_MS);
    await uninstall(folder);
    await rm(folder, { recursive: true });
    expect(await presence()).to.deep.equal([]);
  });

  it('runs programs there', async () => {
    await world.addRuntime('bash', { replicas: 1 });
    const { status } = await world.ended(await world.submit(sh('echo hello')));
    expect(status).to.include({ phase: 'Succeeded' });
  });

  it('has no eye on other namespaces', async () => {
    const name = await other.submit(sh('echo hello'));
    const account = `system:serviceaccount:${world.namespace}:krt-scheduler`;
    const answer = await other.kubectl(['auth', 'can-i', 'list', 'runs.kruntimes.io', '--as', account]);
    expect(answer.stdout.trim()).to.equal('no');
    expect(isTerminal(await other.clients.runs.get(name, other.namespace))).to.equal(false);
  });
});
