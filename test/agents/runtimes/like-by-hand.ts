import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { systemClock } from '../../../agents/lib/clock.ts';
import { interpreterKind } from '../../../agents/runtimes/lib/interpreter-kind.ts';
import type { InterpreterProgram } from '../../../agents/runtimes/lib/process/interpreter-spares.ts';
import { type Bench, collect, makeBench, PATH, seen } from './harness.ts';

/** A program, and what the environment adds to it. */
export interface Sample {
  readonly text: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Files beside it. */
  readonly files?: Readonly<Record<string, string>>;
  /** Its name; default `script`. */
  readonly name?: string;
  /** What is not the same in two executions. */
  readonly ignore?: RegExp;
  /** It is never started on a spare. */
  readonly anew?: boolean;
}

/** A bench for an interpreter, with `spareCount` of it waiting. */
export function interpreterBench(program: InterpreterProgram, spareCount: number): Bench {
  return makeBench({ ...interpreterKind(PATH, program), spareCount });
}

/** Resolves when a spare waits, which is then the only process of the bench. */
export async function waiting(bench: Bench): Promise<number> {
  await bench.fill();
  while (bench.marked().length === 0) await systemClock.sleep(5);
  return bench.marked()[0]!;
}

/** Tests that each sample does in the Runtime what it does by hand, on a spare and anew. */
export function itRunsAsByHand(program: () => InterpreterProgram, samples: Readonly<Record<string, Sample>>): void {
  for (const [how, spareCount] of [
    ['anew', 0],
    ['on a spare', 1],
  ] as const) {
    describe(`runs as by hand, ${how}:`, () => {
      let bench: Bench;
      beforeEach(() => {
        bench = interpreterBench(program(), spareCount);
      });
      afterEach(() => bench?.close());

      for (const [what, sample] of Object.entries(samples)) {
        it(what, async () => {
          const { text, args = [], env = {}, files = {}, name = 'script', ignore = /$^/, anew = false } = sample;
          for (const [path, content] of Object.entries({ ...files, [name]: text })) {
            mkdirSync(dirname(join(bench.dir, path)), { recursive: true });
            writeFileSync(join(bench.dir, path), content);
          }
          const whole = { PATH, LANG: 'C.UTF-8', HOME: bench.dir, ...env };
          const byHand = await execa(program().file, [name, ...args], {
            ...{
              cwd: bench.dir,
              env: whole,
              extendEnv: false,
              reject: false,
              stdin: 'ignore',
              stripFinalNewline: false,
            },
          });
          const spare = spareCount > 0 ? await waiting(bench) : undefined;
          const request = { ...bench.command(...args), entrypoint: name, env: { HOME: bench.dir, ...env } };
          const { stdout, stderr, status } = await bench.run(request);
          const told = (output: string) => output.split('\n').filter(line => !ignore.test(line));
          expect(told(stderr)).to.deep.equal(told(byHand.stderr));
          expect(told(stdout)).to.deep.equal(told(byHand.stdout));
          expect([status.exitCode, status.signal, status.reason]).to.deep.equal([
            byHand.exitCode ?? status.exitCode,
            byHand.signal ?? '',
            '',
          ]);
          if (spare !== undefined) expect(bench.marked().includes(spare)).to.equal(anew);
        });
      }
    });
  }
}

/** Tests that an interpreter is used once, and what it takes to pass it by. */
export function itIsUsedOnce(
  program: () => InterpreterProgram,
  texts: { readonly leave: string; readonly look: string; readonly slow: string; readonly coldName: string },
): void {
  describe('an interpreter that waits', () => {
    let bench: Bench;
    beforeEach(() => {
      bench = interpreterBench(program(), 1);
    });
    afterEach(() => bench?.close());

    it('is used once: nothing passes from one program to the next', async () => {
      const ids: number[] = [];
      for (const text of [texts.leave, texts.look]) {
        ids.push(await waiting(bench));
        const { stdout, stderr } = await bench.run(bench.script(text));
        expect([stdout, stderr]).to.deep.equal(['clean\n', '']);
      }
      expect(new Set(ids).size).to.equal(2);
    });

    it('shows output as it appears', async () => {
      await waiting(bench);
      const id = bench.table.execute(bench.script(texts.slow));
      expect(await seen(bench.table, id, 'first')).to.equal('first\n');
      writeFileSync(join(bench.dir, 'go'), '');
      expect((await collect(bench.table, id)).stdout).to.equal('first\nsecond\n');
    });

    it('is passed by for an environment that it would have to start with', async () => {
      const spare = await waiting(bench);
      const { status } = await bench.run(bench.script(texts.look, { env: { [texts.coldName]: '1' } }));
      expect(status.state).to.equal('succeeded');
      expect(bench.marked()).to.include(spare);
    });

    it('is passed by for a command, which no interpreter executes', async () => {
      const spare = await waiting(bench);
      expect((await bench.run(bench.command('echo', 'a b'))).stdout).to.equal('a b\n');
      expect(bench.marked()).to.include(spare);
    });

    it('is passed by once it was killed: the program runs once all the same', async () => {
      process.kill(await waiting(bench), 'SIGKILL');
      const { stdout, status } = await bench.run(bench.script(texts.look));
      expect([stdout, status.exitCode]).to.deep.equal(['clean\n', 0]);
    });
  });
}
