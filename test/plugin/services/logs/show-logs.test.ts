import { expect } from 'chai';
import type { LogsOptions } from '../../../../plugin/services/logs/show-logs.ts';
import { showManyLogs } from '../../../../plugin/services/logs/show-many.ts';
import { makeLogOutput } from '../../../../plugin/terminal/log-output.ts';
import { makeRun } from '../../../builders/run.ts';
import { makeFakeOutput } from '../../../fakes/streams.ts';
import { Scene } from './scene.ts';

describe('showing logs', () => {
  let scene: Scene;
  let stdout: ReturnType<typeof makeFakeOutput>;
  let stderr: ReturnType<typeof makeFakeOutput>;
  beforeEach(() => {
    scene = new Scene();
    stdout = makeFakeOutput();
    stderr = makeFakeOutput();
  });

  function show(options: Partial<LogsOptions> = {}, names = ['a']) {
    const showing: { codes: (string | undefined)[] | undefined; error: unknown } = {
      codes: undefined,
      error: undefined,
    };
    const all = { follow: false, previous: false, timestamps: false, prefix: false, ...options };
    const output = makeLogOutput({ stdout, stderr });
    const clients = scene.logClients;
    showManyLogs(
      names.map(name => scene.clients.runs.peek(name)!),
      all,
      { clients, clock: scene.clock, signal: scene.stop.signal, output },
    )
      .finally(() => output.end())
      .then(
        runs => {
          showing.codes = runs.map(run => run.status?.phase);
        },
        error => {
          showing.error = error;
        },
      );
    return showing;
  }

  /** Three attempts of two lines each, a minute apart. */
  async function threeAttempts(): Promise<void> {
    for (const attempt of [1, 2, 3]) {
      scene.schedule('p', attempt);
      scene.print([`out ${attempt}\n`, `!err ${attempt}\n`]);
      scene.end();
      scene.finish(attempt === 3 ? { phase: 'Failed', reason: 'ExitCode' } : { phase: 'Pending', reason: 'ExitCode' });
      await scene.clock.advance(60_000);
    }
  }

  for (const [title, options, out, err] of [
    ['all there is', {}, 'out 1\nout 2\nout 3\n', 'err 1\nerr 2\nerr 3\n'],
    ['one attempt', { attempt: 2 }, 'out 2\n', 'err 2\n'],
    ['the attempt before the last', { previous: true }, 'out 2\n', 'err 2\n'],
    ['the last lines', { tail: 3 }, 'out 3\n', 'err 2\nerr 3\n'],
    ['no line', { tail: 0 }, '', ''],
    ['what is young', { sinceMs: 130_000 }, 'out 2\nout 3\n', 'err 2\nerr 3\n'],
    ['names', { prefix: true, attempt: 1 }, '[a] out 1\n', '[a] err 1\n'],
    ['times', { timestamps: true, attempt: 2 }, '2026-01-01T00:01:00.000Z out 2\n', '2026-01-01T00:01:00.000Z err 2\n'],
    ['the same of a Run that has ended when it is followed', { follow: true, tail: 1 }, '', 'err 3\n'],
  ] as [string, Partial<LogsOptions>, string, string][]) {
    it(`shows ${title}`, async () => {
      await threeAttempts();
      const showing = show(options);
      await scene.settle();
      expect(showing.codes, String(showing.error)).to.deep.equal(['Failed']);
      expect([stdout.text, stderr.text]).to.deep.equal([out, err]);
    });
  }

  it('takes what is young by the clock of the server, not by its own', async () => {
    await threeAttempts();
    scene.serverTime = scene.clock.now() - 60_000;
    const showing = show({ sinceMs: 70_000 });
    await scene.settle();
    expect(showing.codes, String(showing.error)).to.deep.equal(['Failed']);
    expect(stdout.text).to.equal('out 2\nout 3\n');
  });

  for (const [title, options, message] of [
    ['an attempt that there is not', { attempt: 4 }, '--attempt: Run a has no attempt 4 (3 so far)'],
    ['an attempt that will never be', { attempt: 4, follow: true }, '--attempt: Run a has no attempt 4 (3 so far)'],
  ] as [string, Partial<LogsOptions>, string][]) {
    it(`refuses ${title}`, async () => {
      await threeAttempts();
      const showing = show(options);
      await scene.settle();
      expect(showing.error).to.include({ exitCode: 64, message });
    });
  }

  it('refuses the attempt before the only one', async () => {
    scene.schedule('p');
    const showing = show({ previous: true });
    await scene.settle();
    expect(showing.error).to.include({
      exitCode: 64,
      message: 'Run a has no attempt before its last: there was one',
    });
  });

  it('shows the last lines of what there is, then what comes', async () => {
    scene.schedule('p');
    scene.print(['1\n', '2\n', '3\n']);
    const showing = show({ follow: true, tail: 1 });
    await scene.settle();
    expect(stdout.text).to.equal('3\n');
    scene.print(['4\n']);
    scene.end();
    scene.finish();
    await scene.settle();
    expect([stdout.text, showing.codes]).to.deep.equal(['3\n4\n', ['Succeeded']]);
  });

  it('shows what there is of a Run that goes on, and comes back', async () => {
    scene.schedule('p');
    scene.print(['1\n', '2']);
    const showing = show();
    await scene.settle();
    expect([stdout.text, showing.codes]).to.deep.equal(['1\n2', ['Scheduled']]);
  });

  it('waits for an attempt that may come', async () => {
    scene.clients.runs.seed({ ...scene.run, spec: { ...scene.run.spec, retryPolicy: { maxAttempts: 2 } } });
    scene.schedule('p');
    const showing = show({ follow: true, attempt: 2 });
    scene.print(['1\n']);
    scene.end();
    scene.finish({ phase: 'Pending', reason: 'ExitCode' });
    await scene.settle();
    scene.schedule('q', 2);
    scene.print(['2\n']);
    scene.end();
    scene.finish();
    await scene.settle();
    expect([stdout.text, showing.codes]).to.deep.equal(['2\n', ['Succeeded']]);
  });

  it('says what can not be shown, after all that can', async () => {
    scene.schedule('p');
    scene.print(['1\n']);
    scene.end();
    scene.finish({ phase: 'Pending', reason: 'ExitCode' });
    scene.logs.remove('p');
    scene.schedule('q', 2);
    scene.print(['2\n']);
    scene.end();
    scene.finish();
    const showing = show();
    await scene.settle();
    expect(stdout.text).to.equal('2\n');
    expect(showing.error).to.include({
      exitCode: 70,
      message: 'not all of the output of Run a can be shown: attempt 1: Pod p is gone, and its log with it',
    });
  });

  it('says that a Run was deleted while it was followed', async () => {
    scene.schedule('p');
    const showing = show({ follow: true });
    await scene.settle();
    scene.end();
    scene.clients.runs.remove('a');
    await scene.settle();
    expect(showing.error).to.include({ exitCode: 70, message: 'Run a was deleted before it ended' });
  });

  describe('of many Runs', () => {
    beforeEach(() => {
      const later = new Date(scene.clock.now() + 1000).toISOString();
      scene.clients.runs.seed(makeRun('b').created(later).obj());
      for (const name of ['a', 'b']) {
        scene.name = name;
        scene.schedule('p');
        scene.print([`${name} 1\n`, `${name} op`]);
      }
    });

    it('shows one behind the other, oldest first', async () => {
      const showing = show({}, ['b', 'a']);
      await scene.settle();
      expect(stdout.text).to.equal('a 1\na opb 1\nb op');
      expect(showing.codes).to.have.lengthOf(2);
    });

    it('mixes whole lines of those that are followed', async () => {
      const showing = show({ follow: true, prefix: true }, ['b', 'a']);
      await scene.settle();
      scene.print(['en\n']);
      scene.end();
      scene.finish();
      await scene.settle();
      expect(stdout.text.split('\n').sort()).to.deep.equal(['', '[a] a 1', '[b] b 1', '[b] b open']);
      scene.clients.runs.remove('a');
      await scene.clock.advance(5000);
      expect(stdout.text).to.match(/\[a\] a op\n$/);
      expect(showing.error).to.include({ exitCode: 70 });
    });

    it('refuses to follow very many', async () => {
      const names = Array.from({ length: 51 }, () => 'a');
      const showing = show({ follow: true }, names);
      await scene.settle();
      expect(showing.error).to.include({ exitCode: 64 });
      expect(scene.logs.calls).to.deep.equal([]);
    });
  });
});
