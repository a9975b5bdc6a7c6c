import { type Check, demand, demandSame, Skip } from '../check.ts';
import type { Ended, Subject } from '../subject.ts';
import { told } from '../subject.ts';

const WORDS = ['a b', '', '*', '$HOME', '"', "'", 'x\ny', '-n', '--', 'ä€', '\\'];

/** What a program gets, and what is told of its end. */
export const programs: readonly Check[] = [
  {
    name: 'success',
    about: 'a program that ends with 0 has succeeded, its output is on the right streams',
    async run(subject) {
      const { status, stdout, stderr } = await subject.run('echo out; echo err >&2');
      demandSame('stdout', `${stdout}`, 'out\n');
      demandSame('stderr', `${stderr}`, 'err\n');
      demandSame('its end', [status.state, status.exitCode], ['succeeded', 0]);
    },
  },
  {
    name: 'exit codes',
    about: 'any other exit code is told, and the program has failed',
    async run(subject) {
      for (const code of [1, 3, 126, 127, 255]) {
        const { status } = await subject.run(`exit ${code}`);
        demandSame(`of exit ${code}`, [status.state, status.exitCode], ['failed', code]);
      }
    },
  },
  {
    name: 'signals',
    about: 'a program that signal N ends has exit code 128+N',
    async run(subject) {
      for (const [signal, code] of [
        ['TERM', 143],
        ['KILL', 137],
        ['SEGV', 139],
      ] as const) {
        const { status } = await subject.run(`kill -${signal} $$; sleep 60`);
        demandSame(`of SIG${signal}`, [status.state, status.exitCode], ['failed', code]);
      }
    },
  },
  {
    name: 'arguments',
    about: 'arguments arrive as they are, whatever is in them',
    async run(subject) {
      const { stdout } = await subject.run('printf "<%s>\\n" "$@"', { args: WORDS });
      demandSame('arguments', `${stdout}`, WORDS.map(word => `<${word}>\n`).join(''));
    },
  },
  {
    name: 'environment',
    about: 'the variables of the request arrive, and none has the token',
    async run(subject) {
      const { stdout } = await subject.run('printf "<%s><%s>" "$A" "$B"; [ -n "$C" ] || printf "<unset>"; env', {
        env: { A: 'x\ny', B: '' },
      });
      demandSame('variables', `${stdout}`.slice(0, 14), '<x\ny><><unset>');
      const { token } = subject.options;
      demand(!token || !stdout.includes(token), 'the token is in the environment of programs');
    },
  },
  {
    name: 'directory and input',
    about: 'a program starts in its working directory, with nothing to read',
    async run(subject) {
      const { stdout } = await subject.run('[ . -ef "$1" ] && echo same; wc -c', { args: [subject.options.workdir] });
      demandSame('what it saw', `${stdout}`.replaceAll(/ +/g, ''), 'same\n0\n');
    },
  },
  {
    name: 'entrypoint',
    about: 'a source in the language of the Runtime is executed',
    async run(subject) {
      const { entrypoint } = subject.options;
      if (!entrypoint) throw new Skip('no entrypoint was given');
      const request = { ...subject.request(''), args: [], entrypoint };
      const { status, stdout } = await subject.end(await subject.client.execute(request));
      demandSame(`${entrypoint}: ${told(status)}`, `${stdout}`, 'hello\n');
    },
  },
  {
    name: 'wrong programs',
    about: 'what can’t be started is refused, or has failed with words that say why',
    async run(subject) {
      const good = subject.request('true');
      const wrong = [
        { ...good, args: ['there-is-no-such-command'] },
        { ...subject.request('true'), args: [], entrypoint: 'there-is-no-such-file' },
        subject.request('true', { workingDir: '/there/is/no/such/directory' }),
      ];
      for (const request of wrong) {
        const ended = await endOrRefusal(subject, request);
        if (!ended) continue;
        const what = request.entrypoint || request.args[0];
        demandSame(`of ${what}`, ended.status.state, 'failed');
        demand(ended.status.errorMessage + ended.stderr !== '', `${what}: neither error_message nor stderr says why`);
      }
    },
  },
];

async function endOrRefusal(subject: Subject, request: ReturnType<Subject['request']>): Promise<Ended | undefined> {
  const refusal = await subject.refusal(subject.client.execute(request));
  return refusal === undefined ? subject.end(request.id) : undefined;
}
