import { expect } from 'chai';
import { stringify } from 'yaml';
import { BAD_SPECS } from '../../crds/bad-specs.ts';
import type { Finished } from '../harness/cli.ts';
import { cellsOf, requireKubectl } from '../harness/kubectl.ts';
import { sh, useWorld } from '../harness/world.ts';

describe('kubectl and krt side by side', () => {
  requireKubectl();
  const world = useWorld('verbs');

  async function kubectl(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await world.kubectl(args);
    expect(code, `kubectl ${args.join(' ')}: ${stderr}`).to.equal(0);
    return stdout;
  }
  const apply = (object: object, ...args: string[]): Promise<Finished> =>
    world.kubectl(['apply', '-f', '-', ...args], { stdin: stringify(object) });
  const runObject = (name: string, spec: unknown) => ({
    apiVersion: 'kruntimes.io/v1alpha1',
    kind: 'Run',
    metadata: { name },
    spec,
  });

  before(async () => {
    await world.submit(sh('echo ok'), 'good');
    await world.submit(sh('exit 3', { retryPolicy: { maxAttempts: 2, backoff: '1ms' } }), 'bad');
    await world.submit(sh('true', { runtime: 'nowhere' }), 'waiting');
    await Promise.all([world.ended('good'), world.ended('bad')]);
  });

  it('show the same table of Runs', async () => {
    const byKubectl = cellsOf(await kubectl('get', 'runs'));
    expect(byKubectl[0]).to.deep.equal(['NAME', 'PHASE', 'RUNTIME', 'EXIT', 'AGE']);
    expect(byKubectl.map(row => row.slice(0, -1))).to.deep.equal([
      ['NAME', 'PHASE', 'RUNTIME', 'EXIT'],
      ['bad', 'Failed', 'bash', '3'],
      ['good', 'Succeeded', 'bash', '0'],
      ['waiting', 'Pending', 'nowhere'],
    ]);
    const byKrt = cellsOf((await world.krt(['list'])).stdout);
    expect(byKrt[0]!.slice(0, 4)).to.deep.equal(byKubectl[0]!.slice(0, 4));
    expect(byKrt[0]!.at(-1)).to.equal('AGE');
    const sorted = (table: string[][]) =>
      table
        .slice(1)
        .map(row => row.slice(0, 3).join(' '))
        .sort();
    expect(sorted(byKrt)).to.deep.equal(sorted(byKubectl));
  });

  it('show more where that is asked for', async () => {
    const [header, bad] = cellsOf(await kubectl('get', 'run', 'bad', '-o', 'wide'));
    expect(header).to.deep.equal(['NAME', 'PHASE', 'RUNTIME', 'EXIT', 'ATTEMPT', 'REASON', 'POD', 'AGE']);
    expect(bad!.slice(0, 6)).to.deep.equal(['bad', 'Failed', 'bash', '3', '2', 'ExitCode']);
    const [own] = cellsOf((await world.krt(['list', '-o', 'wide'])).stdout);
    expect(own).to.include.members(['ATTEMPT', 'REASON', 'POD']);
  });

  it('show the same table of Runtimes', async () => {
    const [header, row] = cellsOf(await kubectl('get', 'runtimes'));
    expect(header).to.deep.equal(['NAME', 'READY', 'REPLICAS', 'SLOTS', 'USED', 'AGE']);
    expect(row!.slice(0, 5)).to.deep.equal(['bash', '1', '1', '8', '0']);
    const own = cellsOf((await world.krt(['runtime', 'list'])).stdout);
    expect([own[0]![0], own[0]!.at(-1), own[1]![0]]).to.deep.equal(['NAME', 'AGE', 'bash']);
  });

  it('know short names, the category, and one Run by name in every format', async () => {
    expect(await kubectl('get', 'rn', '-o', 'name')).to.include('run.kruntimes.io/good');
    expect(await kubectl('get', 'rt', '-o', 'name')).to.equal('runtime.kruntimes.io/bash\n');
    const category = await kubectl('get', 'krt', '-o', 'name');
    expect(category).to.include('runtime.kruntimes.io/bash').and.include('run.kruntimes.io/good');
    for (const format of ['json', 'yaml', 'name', 'jsonpath={.status.exitCode}', 'custom-columns=N:.metadata.name']) {
      const [theirs, ours] = [
        await kubectl('get', 'run', 'bad', '-o', format),
        await world.krt(['get', 'bad', '-o', format]),
      ];
      expect(ours.code, ours.stderr).to.equal(0);
      if (format === 'json') expect(JSON.parse(ours.stdout)).to.deep.equal(JSON.parse(theirs));
      else if (format === 'yaml') expect(ours.stdout).to.include('name: bad');
      else expect(ours.stdout.trimEnd()).to.equal(theirs.trimEnd());
    }
  });

  it('select by fields on the server', async () => {
    expect(await kubectl('get', 'runs', '--field-selector', 'status.phase=Failed', '-o', 'name')).to.equal(
      'run.kruntimes.io/bad\n',
    );
  });

  it('describe', async () => {
    const theirs = await kubectl('describe', 'run', 'bad');
    for (const text of ['Name:', 'bad', 'Exit Code:', 'Phase:', 'Failed', 'Reason:', 'ExitCode']) {
      expect(theirs).to.include(text);
    }
    const ours = await world.krt(['describe', 'bad']);
    expect(ours.code, ours.stderr).to.equal(0);
    for (const text of ['bad', 'Failed', 'ExitCode', '3']) expect(ours.stdout).to.include(text);
    expect(await kubectl('describe', 'runtime', 'bash')).to.include('kruntimes-bash-runtime:latest');
  });

  it('follow the log of a Pod', async () => {
    const pod = (await kubectl('get', 'run', 'good', '-o', 'jsonpath={.status.assignedPod}')).trim();
    expect(await kubectl('logs', pod, '-c', 'runtimed', '--tail=-1')).to.include('"message":"ok"');
    expect((await kubectl('logs', pod, '-c', 'runtimed', '--tail=1')).trimEnd().split('\n')).to.have.lengthOf(1);
  });

  it('watch', async () => {
    const watching = world.kubectl(['get', 'runs', '-w', '--request-timeout=3s', '-o', 'name']);
    const { code, stdout } = await Promise.race([
      watching,
      world.kubectl(['wait', '--for=jsonpath={.status.phase}=Succeeded', 'run/good']),
    ]);
    expect([code, stdout]).to.deep.equal([0, 'run.kruntimes.io/good condition met\n']);
    // --request-timeout ends the watch; what it showed until then is what was there
    expect((await watching).stdout).to.include('run.kruntimes.io/good');
  });

  it('scale a Runtime', async () => {
    expect(await kubectl('scale', 'runtime', 'bash', '--replicas=2')).to.equal('runtime.kruntimes.io/bash scaled\n');
    await world.ready('bash', 2);
    await kubectl('scale', 'runtime/bash', '--replicas=1');
    await world.ready('bash', 1);
  });

  it('refuse a bad spec with the path of its field, and make nothing', async () => {
    const texts = BAD_SPECS.filter(({ spec }) => !JSON.stringify(spec).includes('\\u0000'));
    // not as a List, which kubectl validates by itself where the server has a schema, nor applied, for `apply` keeps a
    // copy in an annotation, which has a limit of its own
    const objects = texts.map(({ spec }, i) => stringify(runObject(`bad-${i}`, spec)));
    const { code, stdout, stderr } = await world.kubectl(['create', '-f', '-'], { stdin: objects.join('---\n') });
    expect([code, stdout]).to.deep.equal([1, '']);
    const lines = stderr.split('\n');
    for (const [i, { field, title }] of texts.entries()) {
      expect(lines.find(line => line.includes(`"bad-${i}"`)) ?? stderr, title).to.include(field);
    }
    expect(await kubectl('get', 'runs', '-o', 'name')).to.not.include('bad-');
  });

  it('refuse an unknown field', async () => {
    const { code, stderr } = await apply(runObject('odd', { ...sh('echo'), retrys: 3 }));
    expect(code).to.equal(1);
    expect(stderr).to.include('unknown field "spec.retrys"');
  });

  it('apply a change, and tell what it would do', async () => {
    const object = runObject('applied', sh('true', { runtime: 'nowhere', ttlSecondsAfterFinished: 10 }));
    const dry = await apply(object, '--dry-run=server');
    expect(dry.stdout, dry.stderr).to.equal('run.kruntimes.io/applied created (server dry run)\n');
    await apply(object);
    const changed = await apply(runObject('applied', { ...(object.spec as object), ttlSecondsAfterFinished: 20 }));
    expect(changed.stdout, changed.stderr).to.equal('run.kruntimes.io/applied configured\n');
    expect(await kubectl('get', 'run', 'applied', '-o', 'jsonpath={.spec.ttlSecondsAfterFinished}')).to.equal('20');
  });

  it('apply a List', async () => {
    const items = ['first', 'second'].map(name => runObject(name, sh('true', { runtime: 'nowhere' })));
    const { stdout, stderr } = await apply({ apiVersion: 'v1', kind: 'List', items });
    expect(stdout, stderr).to.equal('run.kruntimes.io/first created\nrun.kruntimes.io/second created\n');
  });

  it('delete', async () => {
    expect(await kubectl('delete', 'run', 'applied')).to.match(/^run\.kruntimes\.io "applied" deleted/);
    await world.runs.until('its deletion', () => world.runs.get('applied') === undefined);
  });
});
