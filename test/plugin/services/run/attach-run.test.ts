import { expect } from 'chai';
import { ApiError, ConnectionError } from '../../../../crds/client/api-error.ts';
import type { Run } from '../../../../crds/v1alpha1/run.ts';
import { brokenPipeError, interruptedError, KrtError } from '../../../../plugin/errors.ts';
import { attachRun } from '../../../../plugin/services/run/attach-run.ts';
import { type ProgramEnd, runProgram } from '../../../../plugin/services/run/run-program.ts';
import { makeLogOutput } from '../../../../plugin/terminal/log-output.ts';
import type { Progress } from '../../../../plugin/ui/progress.ts';
import { makeRun } from '../../../builders/run.ts';
import { makeRuntime } from '../../../builders/runtime.ts';
import { makeFakeOutput } from '../../../fakes/streams.ts';
import { Scene } from '../logs/scene.ts';

/** A Progress that keeps what it is told: `note`s, and the line as it is now. */
function makeFakeProgress() {
  const fake = {
    isVisible: true,
    notes: [] as string[],
    line: undefined as string | undefined,
    show: (text: string) => {
      fake.line = text;
    },
    clear: () => {
      fake.line = undefined;
    },
    note: (text: string) => void fake.notes.push(text),
  };
  return fake satisfies Progress;
}

describe('attaching to a Run', () => {
  let scene: Scene;
  let progress: ReturnType<typeof makeFakeProgress>;
  let stdout: ReturnType<typeof makeFakeOutput>;
  let stderr: ReturnType<typeof makeFakeOutput>;
  let interrupt: AbortController;
  let end: Run | undefined;
  let failure: unknown;

  beforeEach(() => {
    scene = new Scene();
    progress = makeFakeProgress();
    stdout = makeFakeOutput();
    stderr = makeFakeOutput();
    interrupt = new AbortController();
    end = undefined;
    failure = undefined;
  });
  afterEach('leaves nothing behind', async () => {
    interrupt.abort(brokenPipeError());
    await scene.settle();
    expect([scene.clock.sleeping, scene.logs.following, scene.clients.runs.log.open]).to.deep.equal([0, 0, 0]);
    expect(progress.line).to.equal(undefined);
  });

  const deps = ({ cancelOnInterrupt = false, quiet = false } = {}) => ({
    clients: scene.logClients,
    clock: scene.clock,
    signal: interrupt.signal,
    progress,
    output: quiet ? undefined : makeLogOutput({ stdout, stderr }),
    cancelOnInterrupt,
    commandFor: (command: string, name: string) => `krt ${command} ${name}`,
  });

  function attach(options?: Parameters<typeof deps>[0]): void {
    attachRun(scene.run, deps(options)).then(
      run => {
        end = run;
      },
      error => {
        failure = error;
      },
    );
  }

  async function output(lines: string[]): Promise<void> {
    scene.schedule('p');
    scene.print(lines);
    await scene.settle();
  }

  async function finish(status?: Parameters<Scene['finish']>[0]): Promise<void> {
    scene.end();
    scene.finish(status);
    await scene.settle();
  }

  it('streams each stream to its own, and gives the Run as it ended, without waiting for anything', async () => {
    attach();
    await output(['out\n', '!err\n']);
    expect([stdout.text, stderr.text]).to.deep.equal(['out\n', 'err\n']);
    await finish({ phase: 'Failed', reason: 'ExitCode', exitCode: 3 });
    expect(end?.status).to.include({ phase: 'Failed', exitCode: 3 });
    expect(progress.notes).to.deep.equal([]);
  });

  it('waits without reading any log where no output is wanted', async () => {
    attach({ quiet: true });
    await output(['out\n']);
    await finish();
    expect([end?.status?.phase, stdout.text, scene.logs.calls]).to.deep.equal(['Succeeded', '', []]);
  });

  it('detaches on an interrupt, and says how to go on', async () => {
    attach();
    await output(['out\n']);
    interrupt.abort(interruptedError());
    await scene.settle();
    expect(failure).to.be.instanceOf(KrtError).and.include({ exitCode: 130, message: 'detached: Run a goes on' });
    expect((failure as KrtError).hint).to.equal('follow it with: krt logs -f a; cancel it with: krt cancel a');
    expect(scene.run.spec.cancelRequested).to.equal(undefined);
    expect(stdout.text).to.equal('out\n');
  });

  it('detaches at once where the interrupt came before', async () => {
    interrupt.abort(interruptedError());
    attach();
    await scene.settle();
    expect(failure).to.include({ exitCode: 130 });
  });

  it('ends without a word when nobody reads its output', async () => {
    attach({ cancelOnInterrupt: true });
    await output(['out\n']);
    const broken = brokenPipeError();
    interrupt.abort(broken);
    await scene.settle();
    expect(failure).to.equal(broken);
    expect(scene.run.spec.cancelRequested).to.equal(undefined);
  });

  it('cancels on an interrupt where that is wanted, and shows the rest', async () => {
    attach({ cancelOnInterrupt: true });
    await output(['out\n']);
    interrupt.abort(interruptedError());
    await scene.settle();
    expect(scene.run.spec.cancelRequested).to.equal(true);
    expect(progress.notes).to.deep.equal(['cancelling Run a; press Ctrl-C again to leave at once']);
    scene.print(['bye\n']);
    await finish({ phase: 'Cancelled', reason: 'Cancelled' });
    expect([end?.status?.phase, stdout.text]).to.deep.equal(['Cancelled', 'out\nbye\n']);
  });

  it('says so where it could not cancel', async () => {
    attach({ cancelOnInterrupt: true });
    scene.clients.runs.failNext('patch', new ApiError(403, { code: 403, message: 'runs is forbidden' }));
    interrupt.abort(interruptedError());
    await scene.settle();
    expect(failure).to.include({ exitCode: 130, message: 'Run a could not be cancelled: runs is forbidden' });
    expect((failure as KrtError).hint).to.equal('try again with: krt cancel a');
  });

  it('waits for the Run also where it may not read the log, and says why there is no output', async () => {
    attach();
    scene.logs.failNext(new ApiError(403, { code: 403, message: 'pods/log is forbidden' }));
    await output(['out\n']);
    expect(progress.notes).to.deep.equal(["the output of Run a can't be shown: pods/log is forbidden"]);
    await finish({ phase: 'Failed', reason: 'ExitCode', exitCode: 4 });
    expect(end?.status?.exitCode).to.equal(4);
  });

  it('tells what of the output is missing', async () => {
    attach();
    await output(['out\n']);
    scene.logs.remove('p');
    await scene.clock.advance(1000);
    scene.lose();
    await scene.clock.advance(5000);
    expect(progress.notes).to.deep.equal(['Run a, attempt 1: Pod p is gone, and its log with it']);
    expect(end?.status?.reason).to.equal('PodLost');
  });

  it('ends when the Run is deleted', async () => {
    attach();
    await output(['out\n']);
    scene.end();
    scene.clients.runs.remove('a');
    await scene.clock.advance(5000);
    expect([end?.status?.phase, stdout.text]).to.deep.equal(['Scheduled', 'out\n']);
  });

  it('tells of an outage of the API server that lasts, once, and gives up after minutes', async () => {
    attach();
    await scene.settle();
    for (let i = 0; i < 1000; i++)
      scene.clients.runs.failNext('watch', new ConnectionError('fake', new Error('refused')));
    scene.clients.runs.log.close();
    await scene.clock.advance(4000);
    expect(progress.notes).to.deep.equal([]);
    await scene.clock.advance(60_000);
    expect(progress.notes).to.have.lengthOf(1);
    expect(progress.notes[0]).to.match(/^lost the connection to the API server, trying again: .*refused$/);
    expect(failure).to.equal(undefined);
    await scene.clock.advance(300_000);
    expect(failure).to.be.instanceOf(ConnectionError);
  });

  describe('tells why it waits', () => {
    const waits = (reason: string, message: string) => {
      const condition = { type: 'Scheduled', status: 'False', reason, message, lastTransitionTime: '' } as const;
      scene.set({ phase: 'Pending', conditions: [condition] });
    };

    it('only once that takes a while, and no longer than it does', async () => {
      attach();
      await scene.clock.advance(400);
      expect(progress.line).to.equal(undefined);
      await scene.clock.advance(200);
      expect(progress.line).to.equal('Pending, 0s');
      waits('NoFreeSlot', 'every slot is taken');
      await scene.clock.advance(11_000);
      expect(progress.line).to.equal('Pending, 11s, next in line: every slot is taken');
      scene.schedule('p');
      await scene.clock.advance(2000);
      expect(progress.line).to.equal('Scheduled to p, 1s');
      scene.set({ phase: 'Running' });
      await scene.settle();
      expect(progress.line).to.equal(undefined);
      await scene.clock.advance(10_000);
      expect([progress.line, progress.notes]).to.deep.equal([undefined, []]);
      await finish();
    });

    it('with the Runs that go before it, as they come and go, once it takes longer', async () => {
      attach();
      const other = (name: string, runtime = 'bash') => makeRun(name).runtime(runtime).created('2025-12-31T00:00:00Z');
      for (const run of [other('b'), other('c'), other('d', 'python')]) scene.clients.runs.seed(run.obj());
      await scene.clock.advance(1600);
      expect(progress.line).to.equal('Pending, 1s');
      await scene.clock.advance(2000);
      expect(progress.line).to.equal('Pending, 3s, 2 Runs ahead');
      scene.clients.runs.seed(other('b').running('p').obj());
      await scene.clock.advance(1000);
      expect(progress.line).to.equal('Pending, 4s, 1 Run ahead');
      scene.clients.runs.remove('c');
      await scene.clock.advance(1000);
      expect(progress.line).to.equal('Pending, 5s');
      const open = scene.clients.runs.log.open;
      scene.schedule('p');
      await scene.settle();
      expect(scene.clients.runs.log.open).to.equal(open - 1);
      await finish();
    });

    it('without them where one may not list Runs', async () => {
      attach();
      scene.clients.runs.failNext('list', new ApiError(403, { code: 403, message: 'runs is forbidden' }));
      await scene.clock.advance(5600);
      expect([progress.line, progress.notes]).to.deep.equal(['Pending, 5s', []]);
      scene.schedule('p');
      await finish();
    });

    it('not behind the first output', async () => {
      attach();
      scene.schedule('p');
      await scene.clock.advance(1000);
      expect(progress.line).to.equal('Scheduled to p, 0s');
      scene.print(['out\n']);
      await scene.settle();
      expect(progress.line).to.equal(undefined);
      await scene.clock.advance(10_000);
      expect(progress.line).to.equal(undefined);
    });

    it('again before the next attempt, unless an open line of output is in the way', async () => {
      attach();
      await output(['one\n']);
      scene.end();
      scene.finish({ phase: 'Pending', reason: 'ExitCode' });
      waits('BackOff', 'the next attempt waits for its back-off');
      await scene.clock.advance(2000);
      expect(progress.line).to.match(/^Pending, attempt 2, \ds: the next attempt waits for its back-off$/);
      scene.schedule('p', 2);
      scene.print(['open']);
      await scene.settle();
      scene.end();
      scene.finish({ phase: 'Pending', reason: 'ExitCode' });
      await scene.clock.advance(5000);
      expect(progress.line).to.equal(undefined);
    });

    it('in a line that stays where no other is seen and no passing of time will help, once', async () => {
      progress.isVisible = false;
      attach();
      waits('NoFreeSlot', 'every slot is taken');
      await scene.clock.advance(10_000);
      expect([progress.notes, progress.line]).to.deep.equal([[], undefined]);
      waits('RuntimeNotFound', 'there is no Runtime "bahs" in the namespace');
      await scene.clock.advance(10_000);
      expect(progress.notes).to.deep.equal(['Run a waits: there is no Runtime "bahs" in the namespace']);
    });

    for (const isVisible of [true, false]) {
      for (const [title, runtimes, advice] of [
        ['one is near', ['python', 'bsah'], '; did you mean bsah?'],
        ['none is near', ['python', 'node'], '; there is python, node'],
        ['there are many', ['1', '2', '3', '4', '5', '6'], '; there is 1, 2, 3, 4, 5, …'],
        ['there are none', [], '; there are none at all'],
      ] as const) {
        it(`with the Runtime that was meant, where ${title}${isVisible ? ', on a terminal' : ''}`, async () => {
          progress.isVisible = isVisible;
          for (const name of runtimes) scene.clients.runtimes.seed(makeRuntime(name).obj());
          attachRun(scene.run, { ...deps(), clients: { ...deps().clients, runtimes: scene.clients.runtimes } }).catch(
            error => {
              failure = error;
            },
          );
          waits('RuntimeNotFound', 'there is no Runtime "bash" in the namespace');
          await scene.clock.advance(10_000);
          expect(progress.notes).to.deep.equal([`Run a waits: there is no Runtime "bash" in the namespace${advice}`]);
        });
      }
    }
  });

  describe('from the start', () => {
    const draft: Run = { metadata: { name: 'b' }, spec: { runtime: 'bash', args: ['true'] } };
    const run = (attachToIt: boolean) =>
      runProgram(draft, { ...deps(), namespace: 'default', random: () => 0, attach: attachToIt });

    it('makes the Run and leaves it alone where that is wanted', async () => {
      const made: ProgramEnd = await run(false);
      expect([made.exitCode, made.text, made.run.metadata.name]).to.deep.equal([0, undefined, 'b']);
      expect(scene.clients.runs.calls.map(({ verb }) => verb)).to.deep.equal(['create']);
    });

    it('gives exit code and text of the end', async () => {
      const running = run(true);
      await scene.settle();
      scene.name = 'b';
      scene.schedule('p');
      await finish({ phase: 'Timeout', reason: 'Timeout', message: 'ended after its timeout of 1s' });
      expect(await running).to.include({ exitCode: 124, text: 'Run b: Timeout: ended after its timeout of 1s' });
    });

    it('makes nothing where the interrupt came before', async () => {
      interrupt.abort(interruptedError());
      expect(await run(true).catch(error => error.exitCode)).to.equal(130);
      expect(scene.clients.runs.calls).to.deep.equal([]);
    });

    it('finds out what was made before it detaches', async () => {
      const gate = Promise.withResolvers<void>();
      scene.clients.runs.before = () => gate.promise;
      const running = run(true).catch(error => error);
      await scene.settle();
      interrupt.abort(interruptedError());
      await scene.settle();
      expect(progress.notes).to.deep.equal([
        'waiting for the API server to answer; press Ctrl-C again to leave at once',
      ]);
      gate.resolve();
      expect(await running).to.include({ exitCode: 130, message: 'detached: Run b goes on' });
    });
  });
});
