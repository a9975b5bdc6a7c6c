import { Readable } from 'node:stream';
import { expect } from 'chai';
import type { Run as RunObject } from '../../../crds/v1alpha1/run.ts';
import Cancel from '../../../plugin/commands/cancel.ts';
import Logs from '../../../plugin/commands/logs.ts';
import Run from '../../../plugin/commands/run.ts';
import Wait from '../../../plugin/commands/wait.ts';
import { interruptedError } from '../../../plugin/errors.ts';
import { cliConfig, runCommand, type Surroundings } from '../harness.ts';
import { Scene } from '../services/logs/scene.ts';

const SUCCEEDED = { phase: 'Succeeded', reason: 'Completed', exitCode: 0 } as const;

describe('the commands about one Run', () => {
  let scene: Scene;
  let around: Surroundings;
  // read from disk: later ones need nothing but turns of the event loop
  before(() => cliConfig());
  beforeEach(() => {
    scene = new Scene();
    around = { clients: Object.assign(scene.clients, { podLog: scene.logs.open }), clock: scene.clock };
  });
  afterEach('leave nothing behind', () => {
    expect([scene.clock.sleeping, scene.logs.following, scene.clients.runs.log.open]).to.deep.equal([0, 0, 0]);
  });

  /** Starts `krt run` of Run `job`, which then has output and ends. */
  async function runToEnd(flags: string[], status?: Parameters<Scene['finish']>[0], more: Surroundings = {}) {
    const going = runCommand(Run, ['-r', 'bash', '--name', 'job', ...flags], { ...around, ...more });
    await scene.settle();
    scene.name = 'job';
    scene.schedule('p');
    scene.print(['out\n', '!err\n']);
    scene.end();
    scene.finish(status);
    return going;
  }

  describe('krt run', () => {
    it('shows the output, and ends as the program did', async () => {
      const end = await runToEnd(['-c', 'x'], { phase: 'Failed', reason: 'ExitCode', exitCode: 3 });
      expect([end.stdout, end.stderr, end.exitCode]).to.deep.equal(['out\n', 'err\n', 3]);
      expect((end.result as RunObject).status?.phase).to.equal('Failed');
    });

    it('says how it ended where the exit code does not tell', async () => {
      const end = await runToEnd(['-c', 'x'], { phase: 'Failed', reason: 'PodLost', message: 'Pod p is gone' });
      expect([end.stderr, end.exitCode]).to.deep.equal(['err\nRun job: Failed, PodLost: Pod p is gone\n', 70]);
    });

    for (const [flags, stdout] of [
      [['-o', 'name'], 'run.kruntimes.io/job\n'],
      [['--wait'], 'run.kruntimes.io/job Succeeded\n'],
      [['-o', 'jsonpath={.status.phase}'], 'Succeeded'],
    ] as const) {
      it(`shows no output but the Run with ${flags.join(' ')}`, async () => {
        const end = await runToEnd([...flags, '-c', 'x']);
        expect([end.stdout, end.stderr, end.exitCode]).to.deep.equal([stdout, '', 0]);
        expect(scene.logs.calls).to.deep.equal([]);
      });
    }

    for (const [flags, status, stdout, stderr, exitCode] of [
      [['--output', 'k'], { ...SUCCEEDED, outputs: { k: 'a b' } }, 'a b\n', '', 0],
      [['--output=k'], { ...SUCCEEDED, outputs: { k: '' } }, '\n', '', 0],
      [['-o', 'outputs'], { ...SUCCEEDED, outputs: { k: 'v', a: '1' } }, 'a=1\nk=v\n', '', 0],
      [
        ['--output', 'k'],
        { phase: 'Failed', reason: 'ExitCode', exitCode: 3, message: 'exit code 3', outputs: { k: 'v' } },
        'v\n',
        'run.kruntimes.io/job Failed (ExitCode: exit code 3)\n',
        3,
      ],
      [['--output', 'k'], { phase: 'Timeout', reason: 'Timeout' }, '', 'run.kruntimes.io/job Timeout\n', 124],
    ] as const) {
      it(`shows outputs alone with ${flags.join(' ')}, of a Run that ended with ${exitCode}`, async () => {
        const end = await runToEnd([...flags, '-c', 'x'], status);
        expect([end.stdout, end.stderr, end.exitCode]).to.deep.equal([stdout, stderr, exitCode]);
      });
    }

    it('fails where a Run that succeeded lacks the output', async () => {
      const end = await runToEnd(['--output', 'k', '-c', 'x'], { ...SUCCEEDED, outputs: { b: '' } });
      expect([end.stdout, end.exitCode]).to.deep.equal(['', 64]);
      expect(end.error).to.include({ message: 'Run job has no output "k"', hint: 'its outputs are b' });
    });

    for (const mode of ['--detach', '--dry-run=client', '--dry-run=server']) {
      it(`makes nothing where outputs are wanted with ${mode}`, async () => {
        const end = await runCommand(Run, ['-r', 'bash', '-c', 'x', mode, '-o', 'output=k'], around);
        expect([end.exitCode, scene.clients.runs.writes]).to.deep.equal([64, 0]);
      });
    }

    it('prints the Run that it returns with -o json', async () => {
      const end = await runToEnd(['-o', 'json', '-c', 'x']);
      const { metadata, spec, status } = JSON.parse(end.stdout) as RunObject;
      expect({ metadata, spec, status }).to.deep.equal(
        JSON.parse(JSON.stringify({ ...(end.result as RunObject), apiVersion: undefined, kind: undefined })),
      );
      expect(spec).to.deep.equal({ runtime: 'bash', source: { inline: 'x' } });
    });

    it('makes the Run and comes back with --detach', async () => {
      const end = await runCommand(Run, ['-r', 'bash', '--detach', '--name', 'b', '--', 'echo', 'a b'], around);
      expect([end.stdout, end.stderr, end.exitCode]).to.deep.equal(['run.kruntimes.io/b created\n', '', 0]);
      expect(scene.clients.runs.peek('b')?.spec.args).to.deep.equal(['echo', 'a b']);
    });

    it('makes nothing with --dry-run', async () => {
      const cluster = () => Promise.reject(new Error('there is none'));
      const client = await runCommand(Run, ['-r', 'bash', '--dry-run=client', '--name', 'b', '-c', 'x'], { cluster });
      expect([client.stdout, client.exitCode]).to.deep.equal(['run.kruntimes.io/b created (dry run)\n', 0]);
      const server = await runCommand(Run, ['-r', 'bash', '--dry-run=server', '--name', 'b', '-c', 'x'], around);
      expect([server.stdout, server.exitCode]).to.deep.equal(['run.kruntimes.io/b created (server dry run)\n', 0]);
      expect(scene.clients.runs.peek('b')).to.equal(undefined);
    });

    it('reads the program from stdin', async () => {
      const stdin = 'echo from stdin\n';
      await runCommand(Run, ['-r', 'bash', '-f', '-', '--detach', '--name', 'b'], { ...around, stdin });
      expect(scene.clients.runs.peek('b')?.spec.source).to.deep.equal({ inline: stdin });
    });

    it('tells how to go on from the same place when it is interrupted', async () => {
      const interrupt = new AbortController();
      const more = { ...around, signal: interrupt.signal };
      const going = runCommand(Run, ['-r', 'bash', '-n', 'team', '--name', 'b', '-c', 'x'], more);
      await scene.settle();
      interrupt.abort(interruptedError());
      const end = await going;
      expect(end.exitCode).to.equal(130);
      expect(end.stderr).to.equal(
        'detached: Run b goes on\nfollow it with: krt logs -f b -n team; cancel it with: krt cancel b -n team\n',
      );
    });

    it('ends on an interrupt also while it reads a stdin that never ends', async () => {
      const interrupt = new AbortController();
      const cluster = () => Promise.reject(new Error('it asked for the cluster'));
      const stdin = new Readable({ read: () => undefined });
      const going = runCommand(Run, ['-r', 'bash', '-f', '-'], { cluster, stdin, signal: interrupt.signal });
      await scene.settle();
      interrupt.abort(interruptedError());
      expect((await going).exitCode).to.equal(130);
    });

    for (const [argv, message] of [
      [['-r', 'bash', 'echo', 'hi'], "error: unexpected argument: echo\nthe program's own words go behind --"],
      [['-r', 'bash', '-c', 'x', '--env', 'A'], 'error: --env: "A" is not KEY=VALUE'],
      [['-r', 'bash', '-c', 'x', '--label', '-a=b'], 'error: --label: "-a" is not the key of a label'],
      [
        ['-r', 'bash', '-c', 'x', '--output', 'jsno'],
        'error: -o: there is no output format "jsno"\ndid you mean json?',
      ],
      [['-r', 'bash', '-c', 'x', '-o', 'xml'], 'error: -o: there is no output format "xml"'],
      [['-r', 'bash', '-c', 'x', '--detach', '--wait'], 'error: --wait and --detach do not go together'],
      [['-r', 'bash', '-c', 'x', '--dry-run=maybe'], 'error: '],
    ] as const) {
      it(`refuses ${argv.join(' ')} before any request`, async () => {
        const cluster = () => Promise.reject(new Error('it asked for the cluster'));
        const end = await runCommand(Run, [...argv], { cluster });
        expect([end.exitCode, end.stdout]).to.deep.equal([64, '']);
        expect(end.stderr.startsWith(message), end.stderr).to.equal(true);
      });
    }
  });

  describe('krt logs', () => {
    const ended = (status?: Parameters<Scene['finish']>[0]) => {
      scene.schedule('p');
      scene.print(['out\n', '!err\n']);
      scene.end();
      scene.finish(status);
    };

    it('shows both streams, and the exit code where that is asked for', async () => {
      ended({ phase: 'Failed', reason: 'ExitCode', exitCode: 3 });
      const plain = await runCommand(Logs, ['a'], around);
      expect([plain.stdout, plain.stderr, plain.exitCode]).to.deep.equal(['out\n', 'err\n', 0]);
      expect((await runCommand(Logs, ['-f', 'run/a', '--exit-code'], around)).exitCode).to.equal(3);
    });

    it('says on a terminal that there is nothing yet', async () => {
      const text = 'Run a is Pending: there is no output yet; -f waits for it\n';
      const terminal = { isTTY: true };
      expect((await runCommand(Logs, ['a'], { ...around, terminal })).stderr).to.equal(text);
      expect((await runCommand(Logs, ['a'], around)).stderr).to.equal('');
    });

    it('makes output harmless on a terminal, and leaves it as it is elsewhere', async () => {
      scene.schedule('p');
      scene.print(['\u001b[2J\u001b[31mred\n']);
      scene.end();
      scene.finish();
      const shown = (terminal: object) => runCommand(Logs, ['a'], { ...around, terminal });
      expect((await shown({ isTTY: true, colour: true })).stdout).to.equal('^[[2J\u001b[31mred\n\u001b[0m');
      expect((await shown({ isTTY: true })).stdout).to.equal('^[[2Jred\n');
      expect((await shown({})).stdout).to.equal('\u001b[2J\u001b[31mred\n');
    });

    for (const [argv, message] of [
      [[], 'error: no Run is named\n'],
      [['a', '-l', 'x=y'], 'error: names and --selector do not go together\n'],
      [['a', 'b', '-f', '--exit-code'], 'error: --exit-code is for one Run\n'],
      [['a', '--exit-code'], 'error: '],
      [['a', '--tail', '-1'], 'error: '],
      [['a', '--attempt', '0'], 'error: '],
      [['a', '--since', 'soon'], 'error: --since: "soon" is not a duration\n'],
      [['runtime/bash'], 'error: this is about Runs only\n'],
    ] as const) {
      it(`refuses ${argv.join(' ') || 'nothing'} before any request`, async () => {
        const end = await runCommand(Logs, [...argv], { cluster: () => Promise.reject(new Error('it asked')) });
        expect([end.exitCode, end.stdout]).to.deep.equal([64, '']);
        expect(end.stderr.startsWith(message), end.stderr).to.equal(true);
      });
    }
  });

  describe('krt wait', () => {
    it('ends with the exit code of the Run, and says how it ended', async () => {
      scene.schedule('p');
      scene.finish({ phase: 'Timeout', reason: 'Timeout', message: 'ended after its timeout of 1s' });
      const end = await runCommand(Wait, ['a'], around);
      expect([end.stdout, end.exitCode]).to.deep.equal([
        'run.kruntimes.io/a Timeout (ended after its timeout of 1s)\n',
        124,
      ]);
      expect((await runCommand(Wait, ['a', '-o', 'name'], around)).stdout).to.equal('run.kruntimes.io/a\n');
    });

    it('says what is met, and what was not in time', async () => {
      const met = await runCommand(Wait, ['run', 'a', '--for=jsonpath={.status.phase}=Pending'], around);
      expect([met.stdout, met.exitCode]).to.deep.equal(['run.kruntimes.io/a condition met\n', 0]);
      const going = runCommand(Wait, ['a', '--timeout', '5s'], around);
      await scene.clock.advance(5000);
      const late = await going;
      expect([late.stderr, late.exitCode]).to.deep.equal([
        'error: timed out waiting for run.kruntimes.io/a\nsee how it stands: krt describe run.kruntimes.io/a\n',
        75,
      ]);
    });

    it('says that there is no such Run', async () => {
      expect(await runCommand(Wait, ['none'], around)).to.include({ exitCode: 64, stdout: '' });
    });
  });

  describe('krt cancel', () => {
    it('says what became of each', async () => {
      scene.schedule('p');
      const asked = await runCommand(Cancel, ['a'], around);
      expect([asked.stdout, asked.exitCode]).to.deep.equal(['run.kruntimes.io/a is asked to end\n', 0]);
      scene.finish({ phase: 'Cancelled', reason: 'Cancelled' });
      expect((await runCommand(Cancel, ['a'], around)).stdout).to.equal(
        'run.kruntimes.io/a had ended before: Cancelled\n',
      );
      expect((await runCommand(Cancel, ['a', '-o', 'name'], around)).stdout).to.equal('run.kruntimes.io/a\n');
    });

    it('waits where that is asked for', async () => {
      scene.schedule('p');
      const going = runCommand(Cancel, ['a', '--wait'], around);
      await scene.settle();
      scene.finish({ phase: 'Cancelled', reason: 'Cancelled', message: 'cancelled on request' });
      expect((await going).stdout).to.equal('run.kruntimes.io/a Cancelled (cancelled on request)\n');
    });

    it('has nothing to do where no Run that goes on is selected', async () => {
      const end = await runCommand(Cancel, ['-l', 'x=y'], around);
      expect([end.stdout, end.stderr, end.exitCode]).to.deep.equal(['', 'no Run that goes on is selected\n', 0]);
    });
  });
});
