import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import type { Run, Runtime } from '../../../crds/v1alpha1/index.ts';
import { INTERPRETERS, ROOT } from '../harness/settings.ts';
import { useWorld } from '../harness/world.ts';

const read = <T>(file: string) => parse(readFileSync(join(ROOT, 'install', file), 'utf8')) as T;

interface Case {
  readonly sample: string;
  /** Tells its arguments, a variable, and what an earlier program left; then ends with 3. */
  readonly program: string;
  readonly uncaught: string;
  readonly trace: RegExp;
}

const CASES: Readonly<Record<string, Case>> = {
  python: {
    sample: '45\n',
    program:
      'import builtins, os, sys\nprint(sys.argv[1:], os.environ["WHO"], hasattr(builtins, "left"))\nbuiltins.left = 1\nsys.exit(3)',
    uncaught: 'def f():\n  raise ValueError("no")\nf()',
    trace: /^Traceback \(most recent call last\):\n {2}File ".*\/script", line 3, in <module>\n.*ValueError: no\n$/s,
  },
  node: {
    sample: '[ 1, 4, 9 ]\n',
    program:
      'console.log(process.argv.slice(2), process.env.WHO, "left" in globalThis); globalThis.left = 1; process.exit(3)',
    uncaught: 'function f() {\n  throw new TypeError("no");\n}\nf()',
    trace: /^\S*\/script:2\n {2}throw new TypeError\("no"\);\n.*TypeError: no\n {4}at f \(.*\/script:2:9\)\n/s,
  },
};

for (const [name, { sample, program, uncaught, trace }] of Object.entries(CASES)) {
  describe(`the Runtime ${name}`, () => {
    const world = useWorld(name, { bash: false });
    before(async function () {
      if (!INTERPRETERS.includes(name)) this.skip(); // no image of it on this cluster, or no interpreter here
      const { spec } = read<Runtime>(`runtimes/${name}.yaml`);
      const { clients, namespace } = world;
      await clients.runtimes.create({ metadata: { name, namespace }, spec: { ...spec, replicas: 1 } });
      await world.ready(name, 1);
    });

    it('executes its sample', async () => {
      const { spec } = read<Run>(`samples/${name}.yaml`);
      const ended = await world.ended(await world.submit(spec));
      expect(ended.status).to.include({ phase: 'Succeeded', exitCode: 0 });
      expect((await world.krt(['logs', ended.metadata.name!])).stdout).to.equal(sample);
    });

    it('gives each program its arguments and environment, and nothing of another', async () => {
      const shown = name === 'python' ? "['a b', 'c'] you False\n" : "[ 'a b', 'c' ] you false\n";
      for (let i = 0; i < 3; i++) {
        const done = await world.krt(['run', '-r', name, '-c', program, '--env', 'WHO=you', '--', 'a b', 'c']);
        expect([done.stdout, done.code], done.stderr).to.deep.equal([shown, 3]);
      }
    });

    it('shows what went wrong as the interpreter does', async () => {
      const done = await world.krt(['run', '-r', name, '-c', uncaught]);
      expect([done.stdout, done.code]).to.deep.equal(['', 1]);
      expect(done.stderr).to.match(trace);
    });

    it('executes a command', async () => {
      expect((await world.krt(['run', '-r', name, '--', 'printf', '<%s>', 'a b'])).stdout).to.equal('<a b>');
    });
  });
}
