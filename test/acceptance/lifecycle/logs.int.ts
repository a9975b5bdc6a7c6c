import { expect } from 'chai';
import { readLines } from '../../../crds/client/index.ts';
import { sh, useWorld } from '../harness/world.ts';

/** Every byte there is, twice, in an order that is no UTF-8. */
const BINARY = Buffer.from([...Array(512).keys()].map(i => (i * 7) % 256));

describe('logs', () => {
  const world = useWorld('logs');

  async function logged(script: string): Promise<{ name: string; stdout: string; stderr: string; bytes: Buffer }> {
    const name = await world.submit(sh(script));
    await world.ended(name);
    const logs = await world.krt(['logs', name]);
    expect(logs.code, logs.stderr).to.equal(0);
    return { name, ...logs };
  }

  it('come while the program runs', async () => {
    const name = await world.submit(sh('echo first; sleep 600'));
    const following = world.startKrt(['logs', '-f', name]);
    await following.shows('first\n');
    expect(world.runs.get(name)?.status?.phase).to.be.oneOf(['Scheduled', 'Running']);
    await world.cancel(name);
    const { code, stdout } = await following.done;
    expect([code, stdout]).to.deep.equal([0, 'first\n']);
  });

  it('can be followed from before there is a Pod', async () => {
    const name = 'early';
    await world.submit(sh('echo at last', { runtime: 'later' }), name);
    const following = world.startKrt(['logs', '-f', name]);
    await world.addRuntime('later', { replicas: 1 });
    const { code, stdout } = await following.done;
    expect([code, stdout]).to.deep.equal([0, 'at last\n']);
  });

  it('keep every line in its order', async () => {
    const { stdout } = await logged('for ((i = 0; i < 20000; i++)); do echo "line $i"; done');
    expect(stdout).to.equal(Array.from({ length: 20_000 }, (_, i) => `line ${i}\n`).join(''));
  });

  it('keep stdout and stderr apart', async () => {
    const { stdout, stderr } = await logged('echo out 1; echo err 1 >&2; echo out 2; echo err 2 >&2');
    expect([stdout, stderr]).to.deep.equal(['out 1\nout 2\n', 'err 1\nerr 2\n']);
  });

  it('give bytes back as they were', async () => {
    const { bytes } = await logged(
      `echo ${BINARY.toString('base64')} | base64 -d; printf 'é\\xc3' ; printf '\\xa9\\n'`,
    );
    expect(bytes.equals(Buffer.concat([BINARY, Buffer.from('éé\n')])), bytes.toString('hex')).to.equal(true);
  });

  it('hold a line of a megabyte, and one that no newline ends', async () => {
    const { stdout } = await logged('head -c 1000000 /dev/zero | tr "\\0" x; echo; printf tail');
    expect(stdout).to.have.lengthOf(1_000_005);
    expect(stdout).to.match(/^x{1000000}\ntail$/);
  });

  it('do not mix with those of Runs beside', async () => {
    const script = 'for i in $(seq 200); do echo "$KRUNTIME_RUN_NAME $i"; done';
    const names = await Promise.all(Array.from({ length: 6 }, () => world.submit(sh(script))));
    for (const name of names) {
      await world.ended(name);
      const { stdout } = await world.krt(['logs', name]);
      expect(stdout).to.equal(Array.from({ length: 200 }, (_, i) => `${name} ${i + 1}\n`).join(''));
    }
  });

  it('are JSON objects of the Pod, one a line, that carry the UID of the Run', async () => {
    const { name } = await logged('echo hello; printf "\\xff" >&2');
    const { metadata, status } = await world.ended(name);
    const { pod, container, attempt, lines } = status!.logRef!;
    expect([pod, container, attempt]).to.deep.equal([status!.assignedPod, 'runtimed', 1]);
    const log = await world.clients.podLog(pod, world.namespace, { container });
    const objects: Record<string, unknown>[] = [];
    for await (const line of readLines(log)) objects.push(JSON.parse(line));
    const mine = objects.filter(object => object['run_uid'] === metadata.uid);
    for (const object of mine) {
      expect(object).to.include({
        level: 'info',
        run_name: name,
        namespace: world.namespace,
        runtime: 'bash',
        pod,
        attempt,
      });
      expect(Date.parse(String(object['time']))).to.be.a('number').that.is.not.NaN;
    }
    expect(mine.map(object => object['seq'])).to.deep.equal([1, 2, 3]);
    expect(lines).to.equal(2);
    expect(mine.find(object => object['stream'] === 'stdout')).to.include({ message: 'hello' });
    expect(mine.find(object => object['stream'] === 'stderr')).to.include({ message: '/w==', encoding: 'base64' });
    expect(mine.at(-1)).to.include({ stream: 'end', message: '' });
  });

  it('end with the exit code of the Run where that is asked for', async () => {
    const name = await world.submit(sh('echo no; exit 5'));
    expect((await world.krt(['logs', '-f', '--exit-code', name])).code).to.equal(5);
    expect((await world.krt(['logs', '-f', name])).code).to.equal(0);
  });

  it('are those of every attempt, or of the ones that are asked for', async () => {
    const retryPolicy = { maxAttempts: 3, backoff: '1ms' };
    const name = await world.submit(sh('echo "attempt $KRUNTIME_ATTEMPT"; exit 1', { retryPolicy }));
    await world.ended(name);
    const logs = async (...flags: string[]) => (await world.krt(['logs', name, ...flags])).stdout;
    expect(await logs()).to.equal('attempt 1\nattempt 2\nattempt 3\n');
    expect(await logs('--attempt', '1')).to.equal('attempt 1\n');
    expect(await logs('--previous')).to.equal('attempt 2\n');
    expect(await logs('--tail', '1', '--prefix')).to.equal(`[${name}] attempt 3\n`);
    expect(await logs('--since', '1h', '--tail', '1', '--timestamps')).to.match(/^\d{4}-\S+Z attempt 3\n$/);
    expect((await world.krt(['logs', name, '--attempt', '4'])).code).to.equal(64);
  });

  it('of many Runs are followed together, line by line', async () => {
    const script = 'for i in 1 2 3; do echo "$i"; done';
    const labels = { batch: 'logs' };
    for (const name of ['one', 'two']) {
      await world.clients.runs.create({ metadata: { name, namespace: world.namespace, labels }, spec: sh(script) });
    }
    const { code, stdout } = await world.krt(['logs', '-f', '-l', 'batch=logs', '--prefix']);
    expect(code).to.equal(0);
    const lines = stdout.split('\n');
    for (const name of ['one', 'two']) {
      expect(lines.filter(line => line.startsWith(`[${name}]`))).to.deep.equal([1, 2, 3].map(i => `[${name}] ${i}`));
    }
  });

  it('of a Run that is not there are an error', async () => {
    const { code, stdout, stderr } = await world.krt(['logs', 'no-such-run']);
    expect([code, stdout]).to.deep.equal([64, '']);
    expect(stderr).to.include('"no-such-run" not found');
  });
});
