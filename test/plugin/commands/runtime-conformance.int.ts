import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { CHECKS } from '../../../agents/conformance/run-checks.ts';
import { type RuntimeHandlers, serveRuntime } from '../../../agents/protocol/index.ts';
import RuntimeConformance from '../../../plugin/commands/runtime/conformance.ts';
import { conformanceText } from '../../../plugin/printers/conformance.ts';
import type { ConformanceReport } from '../../../plugin/services/conformance/run-kit.ts';
import { type Bench, handlersOf, makeBench } from '../../agents/runtimes/harness.ts';
import { runCommand } from '../harness.ts';

describe('krt runtime conformance', function () {
  this.timeout(60_000);
  let dir: string;
  let bench: Bench;
  let stop: AbortController;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'krt-'));
    writeFileSync(join(dir, 'token'), 'secret\n');
    writeFileSync(join(dir, 'hello.sh'), 'echo hello');
    bench = makeBench({ graceMs: 200 });
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await bench.close();
    rmSync(dir, { recursive: true });
  });

  async function serve(broken: Partial<RuntimeHandlers> = {}): Promise<string> {
    const { table } = bench;
    const handlers: RuntimeHandlers = { ...handlersOf(table), ...broken };
    const options = { address: '127.0.0.1:0', handlers, token: () => 'secret', signal: stop.signal };
    return (await serveRuntime(options)).address;
  }

  it('makes every check, and tells what holds', async () => {
    const address = await serve();
    const args = ['--address', address, '--token-file', join(dir, 'token'), '--source', join(dir, 'hello.sh')];
    // to leave the server as it is, is one way to come back with all that ran
    const outcome = await runCommand(RuntimeConformance, [...args, '--restart', 'true']);
    expect(outcome, outcome.stderr + outcome.stdout).to.deep.include({ exitCode: 0, stderr: '' });
    const lines = outcome.stdout.trimEnd().split('\n');
    expect(lines[0]).to.match(/^CHECK +RESULT +ABOUT$/);
    expect(lines.slice(1, -1).map(line => line.split(/ {3,}/))).to.deep.equal(
      CHECKS.map(({ name, about }) => [name, 'passed', about]),
    );
    expect(lines.at(-1)).to.equal(`${CHECKS.length} passed, 0 failed, 0 skipped`);
    expect(bench.table.list(), 'what it leaves').to.deep.equal([]);
  });

  it('exits with 1 where a check fails, which -o json tells too', async () => {
    const address = await serve({ health: () => ({ healthy: false, message: 'no disk' }) });
    const args = ['--address', address, '--token-file', join(dir, 'token'), '-o', 'json'];
    const { exitCode, stdout, stderr } = await runCommand(RuntimeConformance, args);
    expect([exitCode, stderr]).to.deep.equal([1, '']);
    const report = JSON.parse(stdout) as ConformanceReport;
    expect(report).to.include({ address, failed: 1, skipped: 2, passed: CHECKS.length - 3 });
    expect(report.checks[0]).to.deep.equal({
      name: 'health',
      about: CHECKS[0]!.about,
      result: 'failed',
      message: 'unhealthy: no disk',
    });
  });

  it('says so where no server answers, or it answers that the token is wrong', async () => {
    writeFileSync(join(dir, 'wrong'), 'guess');
    const address = await serve();
    for (const [args, message] of [
      [['--address', `unix:${dir}/none.sock`], /^error: no Runtime Server answers at unix:\S+: .+\n/],
      [['--address', address, '--token-file', join(dir, 'wrong')], /: the bearer token is missing or wrong\n/],
      [['--address', address, '--token-file', join(dir, 'none')], /ENOENT/],
    ] as const) {
      const { exitCode, stdout, stderr } = await runCommand(RuntimeConformance, [...args]);
      expect([exitCode, stdout], stderr).to.deep.equal([69, '']);
      expect(stderr).to.match(message);
    }
  });

  it('needs an address', async () => {
    const { exitCode, stderr } = await runCommand(RuntimeConformance, []);
    expect(exitCode).to.equal(64);
    expect(stderr).to.include('--address');
  });

  it('shows what was seen instead, and why a check was skipped', () => {
    const checks = [
      { name: 'one', about: 'A holds', result: 'passed', message: '' },
      { name: 'another', about: 'B holds', result: 'failed', message: 'exit code 3\nand more' },
      { name: 'third', about: 'C holds', result: 'skipped', message: 'no token was given' },
    ] as const;
    expect(conformanceText({ address: 'a', passed: 1, failed: 1, skipped: 1, checks })).to.equal(
      `CHECK     RESULT    ABOUT
one       passed    A holds
another   failed    B holds. But exit code 3...
third     skipped   no token was given
1 passed, 1 failed, 1 skipped
`,
    );
  });
});
