import { expect } from 'chai';
import { findCondition } from '../../../crds/v1alpha1/conditions.ts';
import { sh, useWorld } from '../../acceptance/harness/world.ts';
import { makeRuntime } from '../../builders/runtime.ts';
import { useInstallation } from '../harness/installation.ts';

describe('Runtime Pods in a namespace that enforces Pod Security restricted', () => {
  useInstallation();
  const world = useWorld('pods', { bash: { replicas: 1, capacity: { resources: { runs: 4 } } } });

  const logsOf = async (script: string) => {
    const name = await world.submit(sh(script));
    const { status } = await world.ended(name);
    expect(status, JSON.stringify(status)).to.include({ phase: 'Succeeded' });
    const [pod, uid] = [status?.logRef?.pod ?? '', world.runs.get(name)?.metadata.uid];
    const { stdout } = await world.kubectl(['logs', pod, '-c', 'runtimed']);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as { run_uid?: string; stream?: string; message: string });
    return lines.filter(line => line.run_uid === uid && line.stream === 'stdout').map(line => line.message);
  };

  it('are admitted though the Runtime says nothing of security, and execute', async () => {
    expect(await logsOf('echo hello')).to.deep.equal(['hello']);
  });

  it('give a program no privilege: not root, no capability, no way to gain one', async () => {
    const status = "grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status | tr -d '\\t'";
    expect(await logsOf(`id -u; ${status}`)).to.deep.equal([
      '65532',
      'CapEff:0000000000000000',
      'CapBnd:0000000000000000',
      'NoNewPrivs:1',
      'Seccomp:2',
    ]);
  });

  it('mount a token of the API server in runtimed alone', async () => {
    const look = 'ls /var/run/secrets/kubernetes.io 2>&1 | head -1; find / -xdev -name token 2>/dev/null; true';
    const found = await logsOf(look);
    expect(found.filter(line => !/No such file/.test(line))).to.deep.equal([]);
  });

  it('run from an image whose root file system is read-only', async () => {
    const runtime = makeRuntime('frozen').replicas(1).obj();
    const [container] = runtime.spec.template.spec.containers;
    container!.image = 'kruntimes-bash-runtime:latest';
    Object.assign(container!, { securityContext: { readOnlyRootFilesystem: true } });
    container!.volumeMounts = [{ name: 'tmp', mountPath: '/tmp' }];
    runtime.spec.template.spec.volumes = [{ name: 'tmp', emptyDir: {} }];
    await world.addRuntime('frozen', runtime.spec);
    const name = await world.submit({ runtime: 'frozen', source: { inline: 'touch /here || touch here && ls' } });
    expect((await world.ended(name)).status).to.include({ phase: 'Succeeded' });
  });

  it('that ask for more are refused, and the Runtime says so in the words of the API server', async () => {
    const { spec } = makeRuntime('bold').replicas(1).obj();
    Object.assign(spec.template.spec.containers[0]!, { securityContext: { privileged: true } });
    await world.clients.runtimes.create({ metadata: { name: 'bold', namespace: world.namespace }, spec });
    const message = await world.runtimes.until('the refusal', () => {
      const degraded = findCondition(world.runtimes.get('bold')?.status?.conditions, 'Degraded');
      return degraded?.status === 'True' && degraded.message;
    });
    expect(message).to.match(/violates PodSecurity "restricted:latest".*privileged/s);
  });
});
