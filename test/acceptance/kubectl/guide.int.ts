import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Finished } from '../harness/cli.ts';
import { requireKubectl } from '../harness/kubectl.ts';
import { KRT_BIN, ROOT } from '../harness/settings.ts';
import { useWorld } from '../harness/world.ts';

describe('the usage guide, word for word with kubectl', () => {
  requireKubectl();
  const world = useWorld('guide', { bash: false });

  async function kubectl(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await world.kubectl(args, { cwd: join(ROOT, 'install') });
    expect(code, `kubectl ${args.join(' ')}: ${stderr}`).to.equal(0);
    return stdout;
  }
  /** A Run's log as `kubectl logs` of its Pod shows it. */
  async function podLinesOf(name: string): Promise<string[]> {
    const path = '{.status.logRef.pod} {.metadata.uid}';
    const [pod, uid] = (await kubectl('get', 'run', name, '-o', `jsonpath=${path}`)).split(' ');
    const lines = (await kubectl('logs', pod!, '-c', 'runtimed')).trimEnd().split('\n');
    const objects = lines.map(line => JSON.parse(line) as { run_uid: string; stream: string; message: string });
    return objects.filter(line => line.run_uid === uid && line.stream === 'stdout').map(line => line.message);
  }
  const finish = (name: string, phase: string) =>
    kubectl('wait', '--for', `jsonpath={.status.phase}=${phase}`, '--timeout=60s', `run/${name}`);

  it('creates the Runtime: 2 Pods of 4 Runs each', async () => {
    expect(await kubectl('apply', '-f', 'runtimes/bash.yaml')).to.equal('runtime.kruntimes.io/bash created\n');
    await kubectl('wait', '--for=condition=Available', '--timeout=90s', 'runtime/bash');
    const runtime = await world.ready('bash', 2);
    expect(runtime.status?.slots).to.deep.equal({ total: 8, used: 0 });
    const pods = await kubectl('get', 'pods', '-l', 'runtime=bash', '-o', 'name');
    expect(pods.trimEnd().split('\n')).to.have.lengthOf(2);
    expect(await kubectl('apply', '-f', 'runtimes/bash.yaml')).to.equal('runtime.kruntimes.io/bash unchanged\n');
  });

  for (const [name, line] of [
    ['hello', 'hello'],
    ['env-example', 'hello'],
    ['script-example', 'hello from source'],
  ] as const) {
    it(`runs ${name}`, async () => {
      expect(await kubectl('apply', '-f', `samples/${name}.yaml`)).to.equal(`run.kruntimes.io/${name} created\n`);
      expect(await finish(name, 'Succeeded')).to.equal(`run.kruntimes.io/${name} condition met\n`);
      expect(await podLinesOf(name)).to.deep.equal([line]);
      expect((await world.krt(['logs', name])).stdout).to.equal(`${line}\n`);
    });
  }

  it('stores outputs: echo "result=ok" >> "$KRUNTIME_OUTPUTS"', async () => {
    await kubectl('apply', '-f', 'samples/outputs.yaml');
    await finish('outputs', 'Succeeded');
    expect(await kubectl('get', 'run', 'outputs', '-o', 'jsonpath={.status.outputs}')).to.equal('{"result":"ok"}');
  });

  it('cancels: kubectl patch run hello --type merge -p …', async () => {
    await kubectl('delete', 'run', 'hello');
    const { namespace } = world;
    const spec = { runtime: 'bash', source: { inline: 'sleep 600\n' } };
    await world.clients.runs.create({ metadata: { name: 'hello', namespace }, spec });
    await world.reaches('hello', 'Running');
    const patched = await kubectl(
      'patch',
      'run',
      'hello',
      '--type',
      'merge',
      '-p',
      '{"spec":{"cancelRequested":true}}',
    );
    expect(patched).to.equal('run.kruntimes.io/hello patched\n');
    await finish('hello', 'Cancelled');
  });

  it('speaks krt as a plugin: kubectl krt …', async () => {
    symlinkSync(KRT_BIN, join(world.dir, 'kubectl-krt'));
    const env = { ...world.env, PATH: `${world.dir}:${world.env['PATH']}` };
    const krt = (...args: string[]): Promise<Finished> => world.kubectl(['krt', ...args], { env });
    const words = await krt('run', '-r', 'bash', '--', 'echo', 'a b');
    expect([words.code, words.stdout], words.stderr).to.deep.equal([0, 'a b\n']);
    expect((await krt('run', '-r', 'bash', '-c', 'exit 7')).code).to.equal(7);
    expect((await krt('list', '-o', 'name')).stdout).to.include('run.kruntimes.io/hello\n');
    const plugins = await world.kubectl(['plugin', 'list'], { env });
    expect(plugins.stdout).to.include(join(world.dir, 'kubectl-krt'));
  });

  it('takes the namespace down with all that is in it', async () => {
    const name = `${world.namespace}-b`;
    await kubectl('create', 'namespace', name);
    await kubectl('-n', name, 'apply', '-f', 'runtimes/bash.yaml', '-f', 'samples/cancel.yaml');
    await kubectl('-n', name, 'wait', '--for=jsonpath={.status.phase}=Running', '--timeout=90s', 'run/cancel');
    await kubectl('delete', 'namespace', name, '--timeout=90s');
    const { code, stderr } = await world.kubectl(['get', 'namespace', name]);
    expect(code).to.equal(1);
    expect(stderr).to.include(`namespaces "${name}" not found`);
  });
});
