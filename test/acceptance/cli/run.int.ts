import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import type { Run } from '../../../crds/v1alpha1/index.ts';
import { refusalOf } from '../harness/api-error.ts';
import { kubeconfigFor, NO_SERVER } from '../harness/kubeconfigs.ts';
import { sh, useWorld } from '../harness/world.ts';

describe('krt run', () => {
  const world = useWorld('cli-run');

  const file = (name: string, text: string) => {
    writeFileSync(join(world.dir, name), text);
    return name;
  };

  it('passes words as words: krt run -r bash -- echo "a b"', async () => {
    const { code, stdout } = await world.krt(['run', '-r', 'bash', '--', 'echo', 'a b']);
    expect([code, stdout]).to.deep.equal([0, 'a b\n']);
  });

  it('runs a file with its args, its output on the stream where it belongs', async () => {
    const job = file('job.sh', 'echo "out $1 $#"; echo "err $2" >&2; exit 4\n');
    const { code, stdout, stderr } = await world.krt(['run', '-r', 'bash', '-f', job, '--', '-x', 'b c']);
    expect([code, stdout]).to.deep.equal([4, 'out -x 2\n']);
    expect(stderr).to.include('err b c\n');
  });

  it('runs what stdin holds', async () => {
    const { code, stdout } = await world.krt(['run', '-r', 'bash', '-f', '-'], { stdin: 'echo "from stdin"\n' });
    expect([code, stdout]).to.deep.equal([0, 'from stdin\n']);
  });

  it('runs inline text with env from flags and from a file', async () => {
    const envFile = file('job.env', '# a comment\nA=from file\nB=b=1\n\n');
    const flags = ['--env', 'A=from flag', '--env', 'C=', '--env-file', envFile];
    const { code, stdout } = await world.krt(['run', '-r', 'bash', '-c', 'echo "$A|$B|$C"', ...flags]);
    expect([code, stdout]).to.deep.equal([0, 'from flag|b=1|\n']);
  });

  it('shows output as it appears', async () => {
    const running = world.startKrt(['run', '-r', 'bash', '--name', 'live', '-c', 'echo begun; sleep 600']);
    await running.shows('begun\n');
    expect(running.child.exitCode).to.equal(null);
    await world.cancel('live');
    expect((await running.done).code).to.equal(125);
  });

  for (const [title, args, code] of [
    ['0', ['-c', 'true'], 0],
    ['1', ['-c', 'exit 1'], 1],
    ['255', ['-c', 'exit 255'], 255],
    ['143 for SIGTERM', ['-c', 'kill -TERM $$; sleep 600'], 143],
    ['137 for SIGKILL', ['-c', 'kill -KILL $$'], 137],
    ['124 for a timeout', ['--timeout', '100ms', '-c', 'sleep 600'], 124],
    [
      'that of the last attempt',
      ['--retry-attempts', '2', '--retry-backoff', '1ms', '-c', 'exit $((KRUNTIME_ATTEMPT + 20))'],
      22,
    ],
    ['70 for a Run that could not be run', ['--', 'no-such-command'], 70],
  ] as const) {
    it(`exits with ${title}`, async () => {
      const end = await world.krt(['run', '-r', 'bash', ...args]);
      expect(end.code, end.stderr).to.equal(code);
      expect(end.stdout).to.equal('');
    });
  }

  it('writes every flag into the spec, and --dry-run=client asks no server', async () => {
    const script = file('all.sh', 'echo all\n');
    const args = [
      'run',
      '-r',
      'bash',
      '-f',
      script,
      '--name',
      'all',
      '--label',
      'team=a',
      '--label',
      'x=',
      '--env',
      'A=1',
      '--entrypoint',
      'jobs/all.sh',
      '--timeout',
      '1m30s',
      '--retry-attempts',
      '3',
      '--retry-backoff',
      '2s',
      '--retry-on',
      'ExitCode',
      '--retry-on',
      'PodLost',
      '--ttl',
      '60',
      '--priority',
      '5',
      '--dry-run=client',
      '-o',
      'yaml',
      '--',
      'one',
      'two words',
    ];
    const env = { ...world.env, KUBECONFIG: file('dead', kubeconfigFor(NO_SERVER)) };
    const { code, stdout, stderr } = await world.krt(args, { env });
    expect(code, stderr).to.equal(0);
    const run = parse(stdout) as Run;
    expect(run).to.deep.include({ apiVersion: 'kruntimes.io/v1alpha1', kind: 'Run' });
    expect(run.metadata).to.deep.include({ name: 'all', labels: { team: 'a', x: '' } });
    expect(run.spec).to.deep.equal({
      runtime: 'bash',
      source: { inline: 'echo all\n' },
      entrypoint: 'jobs/all.sh',
      args: ['one', 'two words'],
      env: { A: '1' },
      timeout: '1m30s',
      retryPolicy: { maxAttempts: 3, backoff: '2s', retryableReasons: ['ExitCode', 'PodLost'] },
      ttlSecondsAfterFinished: 60,
      priority: 5,
    });
  });

  it('makes nothing on --dry-run=server', async () => {
    const args = ['run', '-r', 'bash', '--name', 'dry', '--dry-run=server', '-o', 'json', '-c', 'echo'];
    const { code, stdout } = await world.krt(args);
    expect(code).to.equal(0);
    expect((JSON.parse(stdout) as Run).metadata.uid).to.be.a('string');
    expect((await refusalOf(world.clients.runs.get('dry', world.namespace))).status).to.equal(404);
  });

  it('prints the Run and comes back at once with --detach', async () => {
    const { code, stdout } = await world.krt([
      'run',
      '-r',
      'bash',
      '--detach',
      '--name',
      'away',
      '-o',
      'name',
      '-c',
      'sleep 600',
    ]);
    expect([code, stdout]).to.deep.equal([0, 'run.kruntimes.io/away\n']);
    await world.reaches('away', 'Running');
    await world.cancel('away');
    expect((await world.krt(['wait', 'away'])).code).to.equal(125);
  });

  it('prints one JSON object and nothing else with -o json', async () => {
    const args = ['run', '-r', 'bash', '-o', 'json', '-c', 'echo noise; echo a=1 >> "$KRUNTIME_OUTPUTS"'];
    const { code, stdout } = await world.krt(args);
    expect(code).to.equal(0);
    const run = JSON.parse(stdout) as Run;
    expect(run.status).to.deep.include({ phase: 'Succeeded', outputs: { a: '1' } });
  });

  it('makes up a name from --generate-name', async () => {
    const args = ['run', '-r', 'bash', '--generate-name', 'nightly-', '--detach', '-o', 'name', '-c', 'true'];
    expect((await world.krt(args)).stdout).to.match(/^run\.kruntimes\.io\/nightly-[a-z0-9]{5}\n$/);
  });

  it('waits for a Run that another made, and gives up at its deadline', async () => {
    const name = await world.submit(sh('sleep 600'));
    const waiting = await world.krt(['wait', name, '--timeout', '300ms']);
    expect(waiting.code).to.equal(75);
    expect((await world.krt(['cancel', name])).code).to.equal(0);
    expect((await world.ended(name)).status?.phase).to.equal('Cancelled');
  });

  it('waits without showing any output where that is asked for', async () => {
    const { code, stdout } = await world.krt([
      'run',
      '-r',
      'bash',
      '--wait',
      '--name',
      'quiet',
      '-c',
      'echo no; exit 3',
    ]);
    expect([code, stdout]).to.deep.equal([3, 'run.kruntimes.io/quiet Failed (ExitCode: exit code 3)\n']);
  });

  it('cancels and stays until the Run has ended, or says that it has', async () => {
    const name = await world.submit(sh('sleep 600'));
    await world.reaches(name, 'Running');
    const cancelled = await world.krt(['cancel', '--wait', name]);
    expect(cancelled.stdout).to.equal(`run.kruntimes.io/${name} Cancelled (cancelled on request)\n`);
    const again = await world.krt(['cancel', name]);
    expect([again.code, again.stdout]).to.deep.equal([0, `run.kruntimes.io/${name} had ended before: Cancelled\n`]);
  });

  it("waits in kubectl's words", async () => {
    const name = await world.submit(sh('sleep 600'));
    const wait = (...args: string[]) => world.krt(['wait', ...args]);
    const met = `run.kruntimes.io/${name} condition met\n`;
    expect((await wait(name, '--for=jsonpath={.status.phase}=Running')).stdout).to.equal(met);
    expect((await wait(`run/${name}`, '--for=condition=Scheduled')).stdout).to.equal(met);
    const gone = wait(name, '--for', 'delete');
    await world.clients.runs.delete(name, world.namespace);
    expect((await gone).stdout).to.equal(met);
    expect((await wait('runtime/bash', '--for=condition=Available')).code).to.equal(0);
    expect((await wait(name, '--for=delete')).code).to.equal(0);
  });

  it('deletes, and says what it deleted', async () => {
    const name = await world.submit(sh('true'));
    await world.ended(name);
    const { code, stdout } = await world.krt(['delete', name]);
    expect([code, stdout]).to.deep.equal([0, `run.kruntimes.io "${name}" deleted\n`]);
    expect((await refusalOf(world.clients.runs.get(name, world.namespace))).status).to.equal(404);
  });
});
