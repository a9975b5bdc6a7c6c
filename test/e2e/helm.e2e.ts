import { expect } from 'chai';
import { sh, useWorld } from '../acceptance/harness/world.ts';
import { runHelm } from '../install/helm.ts';
import {
  agentsImage,
  agentsReady,
  clusterKubeconfig,
  deleteRuntimes,
  INSTALL_TIMEOUT_MS,
  kubectl,
  presence,
} from './harness/krt.ts';

const CHART = 'install/helm/krt';
const NAMESPACE = 'krt-system';

describe('the Helm chart on a cluster', () => {
  const helm = async (...args: string[]) => {
    const { stdout } = await runHelm([...args, '-n', NAMESPACE], { kubeconfig: clusterKubeconfig() });
    return stdout;
  };
  const image = agentsImage();
  const values = image ? ['--set', `image.repository=${image.repository},image.tag=${image.tag}`] : [];

  before(async function () {
    this.timeout(INSTALL_TIMEOUT_MS);
    expect(await presence()).to.deep.equal([]);
    await kubectl(['create', 'namespace', NAMESPACE]);
    await kubectl(['label', 'namespace', NAMESPACE, 'pod-security.kubernetes.io/enforce=restricted']);
    await helm('install', 'krt', CHART, '--wait', '--timeout', '180s', ...values);
  });
  const world = useWorld('helm', { bash: { replicas: 1 } });

  it('installs what runs programs', async () => {
    await agentsReady(NAMESPACE);
    const { status } = await world.ended(await world.submit(sh('echo hello')));
    expect(status).to.include({ phase: 'Succeeded' });
  });

  it('passes helm test', async function () {
    this.timeout(120_000);
    expect(await helm('test', 'krt', '--timeout', '90s')).to.match(/Phase:\s+Succeeded/);
  });

  it('upgrades without losing a Runtime, a Run or a running program', async function () {
    this.timeout(INSTALL_TIMEOUT_MS);
    const name = await world.submit(sh('sleep 20; echo done'));
    const running = await world.reaches(name, 'Running');
    const upgrade = ['--set', 'replicas=1,podAnnotations.upgraded=yes,crds.keep=false'];
    await helm('upgrade', 'krt', CHART, '--wait', '--timeout', '180s', ...values, ...upgrade);
    const ended = await world.ended(name);
    expect(ended.metadata.uid).to.equal(running.metadata.uid);
    expect(ended.status).to.include({ phase: 'Succeeded', attempt: 1 });
  });

  it('uninstalls all, and nothing hangs', async function () {
    this.timeout(INSTALL_TIMEOUT_MS);
    await deleteRuntimes();
    await helm('uninstall', 'krt', '--wait', '--timeout', '120s');
    await kubectl(['delete', 'namespace', NAMESPACE, '--timeout=90s']);
    expect(await presence()).to.deep.equal([]);
  });
});
