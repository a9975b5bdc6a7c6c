import { expect } from 'chai';
import { useWorld } from '../harness/world.ts';

/** An event as a program would read it. */
interface Told {
  readonly type: string;
  readonly run: string;
  readonly attempt?: number;
  readonly message?: string;
  readonly [field: string]: unknown;
}

describe('krt for programs', () => {
  const world = useWorld('cli-events');
  const parse = (stdout: string) =>
    stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Told);

  it('tells what happens to a Run, each thing once and in its order, with every line of output', async () => {
    const lines = 300;
    const program = `for i in $(seq ${lines}); do echo "line $i"; done; echo err >&2; echo k=v > $KRUNTIME_OUTPUTS; exit 5`;
    const { code, stdout } = await world.krt(['run', '-r', 'bash', '--name', 'told', '--json', '-c', program]);
    expect(code).to.equal(5);
    const events = parse(stdout);
    const isLog = ({ type }: Told) => type === 'log';
    expect(events.filter(event => !isLog(event)).map(({ type }) => type)).to.deep.equal([
      'created',
      'scheduled',
      'running',
      'finished',
    ]);
    const logs = events.filter(isLog);
    expect(logs.map(({ seq }) => seq)).to.deep.equal(Array.from({ length: lines + 1 }, (_, i) => i + 1));
    const out = logs.filter(({ stream }) => stream === 'stdout').map(({ message }) => message);
    expect(out).to.deep.equal(Array.from({ length: lines }, (_, i) => `line ${i + 1}`));
    expect(events.at(-1)).to.deep.include({ phase: 'Failed', reason: 'ExitCode', exitCode: 5, outputs: { k: 'v' } });
  });

  it('tells of each attempt of one that is retried', async () => {
    const flags = ['--retry-attempts', '2', '--retry-backoff', '1ms'];
    const program = 'echo "$KRUNTIME_ATTEMPT"; exit $((2 - KRUNTIME_ATTEMPT))';
    const { code, stdout } = await world.krt(['run', '-r', 'bash', '--json', ...flags, '-c', program]);
    expect(code).to.equal(0);
    const events = parse(stdout);
    for (const attempt of [1, 2]) {
      const mine = events
        .filter(event => event.attempt === attempt && event.type !== 'retried')
        .map(({ type }) => type);
      expect(mine).to.deep.equal(['scheduled', 'running', 'log', ...(attempt === 2 ? ['finished'] : [])]);
    }
    expect(events.filter(({ type }) => type === 'retried')).to.have.length(1);
  });

  it('shows how busy each Runtime is', async () => {
    await world.ended(await world.submit({ runtime: 'bash', source: { inline: 'true' } }));
    const { stdout } = await world.krt(['top', '-o', 'json', '--window', '10m']);
    const bash = (JSON.parse(stdout) as Record<string, unknown>[]).find(({ name }) => name === 'bash');
    expect(bash).to.deep.include({ waiting: 0, windowSeconds: 600 });
    expect(bash!['ended']).to.be.a('number').and.at.least(1);
    expect((await world.krt(['top', 'bash', '--no-headers'])).stdout).to.match(/^bash +\d+\/\d+ +\d+\/\d+ +0 /);
  });
});
