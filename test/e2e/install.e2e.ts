import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Finished, run } from '../acceptance/harness/cli.ts';
import { cleanEnv } from '../acceptance/harness/embedded.ts';
import { KRT_BIN, ROOT } from '../acceptance/harness/settings.ts';
import { agentsImage, clusterKubeconfig, INSTALL_TIMEOUT_MS, kubectl, presence } from './harness/krt.ts';

/** What a platform engineer does with `krt install`, in their order; the kubeconfig is the cluster's own. */
describe('krt install', function () {
  this.timeout(INSTALL_TIMEOUT_MS);
  const home = mkdtempSync(join(tmpdir(), 'krt-install-'));
  const namespace = `krt-install-${process.pid}`;
  const env = { ...cleanEnv(home), KUBECONFIG: clusterKubeconfig() };
  const image = agentsImage();
  const ours = image ? ['--image', `${image.repository}:${image.tag}`] : [];

  const krt = (...args: string[]) => run(process.execPath, [KRT_BIN, ...args], { env });
  const succeeds = async (...args: string[]): Promise<Finished> => {
    const done = await krt(...args);
    expect(done.code, `krt ${args.join(' ')}: ${done.stderr}`).to.equal(0);
    return done;
  };
  const install = (...args: string[]) => succeeds('install', ...ours, ...args);
  /** What the check says is wrong; its exit code agrees. */
  const wrongs = async (...args: string[]): Promise<string[]> => {
    const { stdout, stderr, code } = await krt('install', '--check', ...ours, ...args, '-o', 'json');
    expect([0, 69], stderr).to.include(code);
    const findings = JSON.parse(stdout) as { level: string; what: string }[];
    const found = findings.filter(({ level }) => level === 'wrong').map(({ what }) => what);
    expect(found.length > 0, stdout).to.equal(code === 69);
    return found;
  };

  before(async () => {
    expect(await presence()).to.deep.equal([]);
    await kubectl(['create', 'namespace', namespace]);
  });
  after(async () => {
    await krt('uninstall', '--all');
    await kubectl(['delete', 'namespace', namespace, '--wait=false']);
    rmSync(home, { recursive: true });
  });

  it('says in one line that krt is not there', async () => {
    expect(await wrongs()).to.deep.equal(['krt is not installed here: nothing of it is there']);
  });

  it('installs, and finds itself well', async () => {
    await install();
    expect(await wrongs()).to.deep.equal([]);
  });

  it('changes nothing the second time', async () => {
    const generations = () => kubectl(['get', 'deployments', '-n', 'krt-system', '-o', GENERATIONS]);
    const before = await generations();
    await install();
    expect(await generations()).to.equal(before);
  });

  it('runs programs', async () => {
    await kubectl(['apply', '-n', namespace, '-f', join(ROOT, 'install/runtimes/bash.yaml')]);
    const { stdout } = await succeeds('run', '-n', namespace, '-r', 'bash', '-c', 'echo hello');
    expect(stdout).to.equal('hello\n');
  });

  for (const [title, broken, told] of [
    [
      'a ClusterRole that is gone',
      ['delete', 'clusterrole', 'krt-scheduler'],
      'clusterrole.rbac.authorization.k8s.io/krt-scheduler is missing',
    ],
    [
      'rights that were taken',
      ['patch', 'clusterrole', 'krt-controller', '--type=json', '-p', '[{"op":"remove","path":"/rules/0"}]'],
      'clusterrole.rbac.authorization.k8s.io/krt-controller is not as this krt has it: rules',
    ],
    [
      'a Deployment that is down',
      ['scale', 'deployment', 'krt-scheduler', '-n', 'krt-system', '--replicas=0'],
      'deployment.apps/krt-scheduler is scaled to 0',
    ],
  ] as const) {
    it(`tells of ${title}, and mends it`, async () => {
      await kubectl(broken);
      expect(await wrongs()).to.deep.equal([told]);
      await install();
      expect(await wrongs()).to.deep.equal([]);
    });
  }

  it('tells why an image does not come, and that its update is stuck while krt works on', async () => {
    const { stderr, code } = await krt('install', '--image', 'registry.invalid/krt-agents:1', '--timeout', '10s');
    expect(code).to.equal(75);
    expect(stderr).to.match(/not ready after 10s: Pod krt-\S+: (ErrImagePull|ImagePullBackOff): .*registry\.invalid/);
    const stuck = await wrongs();
    expect(stuck.length).to.be.at.least(1);
    for (const what of stuck) expect(what).to.match(/its update is stuck, and Pods of the version before work on: Pod/);
    await succeeds('run', '-n', namespace, '-r', 'bash', '-c', 'true');
    await install();
  });

  it('tells a user without rights what they may', async () => {
    expect((await krt('install', '--as', 'nobody')).code).to.equal(77);
    const { stdout } = await krt('install', '--check', '--as', 'nobody', '-n', namespace);
    expect(stdout).to.match(/hidden \d+ of \d+ objects of the installation: you may not read them/);
    expect(stdout).to.include(
      `wrong  you may not create runs, nor watch runs, nor get pods/log in namespace ${namespace}`,
    );
    const ordinary = ['create', 'rolebinding', 'ordinary', '-n', namespace, '--clusterrole=edit', '--user=somebody'];
    await kubectl(ordinary);
    const check = await succeeds('install', '--check', '--as', 'somebody', '-n', namespace);
    expect(check.stdout)
      .to.include(`ok     Runtime bash in namespace ${namespace}: 2 of 2 Pods are ready\n`)
      .and.include(`ok     you may run programs in namespace ${namespace}\n`)
      .and.include('nothing that you may see is wrong\n');
  });

  it('refuses a second installation beside the one for the cluster', async () => {
    const { stderr, code } = await krt('install', '--namespaced', '-n', namespace);
    expect([code, stderr.includes('krt is installed in krt-system too')]).to.deep.equal([64, true]);
  });

  it('uninstalls the agents under a program that runs, installs while they still go, and the program ends well', async () => {
    const { stdout: created } = await succeeds(
      'run',
      '-n',
      namespace,
      '-r',
      'bash',
      '-c',
      'sleep 8',
      '--detach',
      '-o',
      'name',
    );
    const name = created.trim().replace(/^run\.kruntimes\.io\//, '');
    await kubectl(['wait', `run/${name}`, '-n', namespace, '--for=jsonpath={.status.phase}=Running', '--timeout=30s']);
    const { stderr } = await succeeds('uninstall');
    expect(stderr).to.match(/left: 1 Runtime, whose Pods go on, and \d+ Runs;/);
    // the namespace of the agents is on its way out
    await install();
    expect(await wrongs()).to.deep.equal([]);
    await succeeds('wait', name, '-n', namespace);
  });

  it('mends a CRD that is gone, and with it its Runtimes', async () => {
    await kubectl(['delete', 'crd', 'runtimes.kruntimes.io']);
    expect(await wrongs()).to.deep.equal([
      'customresourcedefinition.apiextensions.k8s.io/runtimes.kruntimes.io is missing',
    ]);
    await install();
    expect(await wrongs()).to.deep.equal([]);
  });

  it('takes all away, and names what a finalizer of somebody else holds', async () => {
    const hold = '{"metadata":{"finalizers":["example.com/mine"]}}';
    const [one = ''] = (await kubectl(['get', 'runs', '-n', namespace, '-o', 'name'])).split('\n');
    await kubectl(['patch', one, '-n', namespace, '--type=merge', '-p', hold]);
    const { stderr } = await succeeds('uninstall', '--all');
    expect(stderr).to.include('stays until its finalizers (example.com/mine) are gone');
    const late = await krt('install', ...ours, '--timeout', '3s');
    await kubectl(['patch', one, '-n', namespace, '--type=merge', '-p', '{"metadata":{"finalizers":null}}']);
    expect(late.code).to.equal(75);
    expect(late.stderr).to.match(
      /still being deleted after 3s: .*customresourcedefinition\.apiextensions\.k8s\.io\/runs\.kruntimes\.io/,
    );
    await succeeds('uninstall', '--all');
  });

  it('installs for one namespace, and leaves what others share', async () => {
    await install('--namespaced', '-n', namespace);
    expect(await wrongs('--namespaced', '-n', namespace)).to.deep.equal([]);
    const { stderr } = await succeeds('uninstall', '--namespaced', '-n', namespace);
    expect(stderr).to.include('left: customresourcedefinition.apiextensions.k8s.io/runs.kruntimes.io');
    await succeeds('uninstall', '--namespaced', '-n', namespace, '--all');
    await kubectl(['wait', '--for=delete', 'crd/runs.kruntimes.io', 'namespace/krt-system', '--timeout=60s']);
  });
});

const GENERATIONS = 'jsonpath={range .items[*]}{.metadata.name}={.metadata.generation} {end}';
