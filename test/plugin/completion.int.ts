import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect } from 'chai';
import { start } from '../acceptance/harness/cli.ts';
import { KRT_BIN } from '../acceptance/harness/settings.ts';

/** Presses Tab behind `line` in a zsh on a pseudo-terminal, and prints the screen. */
const IN_ZSH = `
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1= PS2= RPS1= ; stty -echo cols 200; autoload -Uz compinit; compinit -u -d $HOME/dump; zstyle ':completion:*' list-prompt ''; source <(krt completion zsh); print READY-''NOW"
zpty -r -m z out '*READY-NOW*'
zpty -w -n z "$LINE_TYPED"$'\\t\\t'
zpty -r -m z out "$EXPECTED"
print -r -- $out
`;

describe('completion in real shells', function () {
  this.timeout(60_000);
  const dir = mkdtempSync(join(tmpdir(), 'krt-completion-'));
  const env: NodeJS.ProcessEnv = { HOME: dir, TERM: 'xterm', LC_ALL: 'C.UTF-8' };
  let server: Server;
  before(done => {
    for (const name of ['krt', 'kubectl-krt', 'kubectl_complete-krt']) symlinkSync(KRT_BIN, join(dir, name));
    env['PATH'] = [dir, join(process.execPath, '..'), process.env['PATH']].join(delimiter);
    server = createServer((request, answer) => {
      if (/\/runs\/hello-one$/.test(request.url!)) {
        const artifactRefs = ['report.txt', 'site'].map(name => ({ name }));
        answer.end(JSON.stringify({ metadata: { name: 'hello-one' }, spec: {}, status: { artifactRefs } }));
        return;
      }
      const names = request.url!.includes('/runtimes?') ? ['bash', 'python'] : ['hello-one', 'hello-two'];
      answer.end(JSON.stringify({ metadata: {}, items: names.map(name => ({ metadata: { name } })) }));
    });
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      const cluster = { server: `http://127.0.0.1:${port}` };
      const contexts = ['dev', 'arn:aws:eks:x/y'].map(name => ({ name, context: { cluster: 'c' } }));
      const config = { 'current-context': 'dev', clusters: [{ name: 'c', cluster }], contexts };
      env['KUBECONFIG'] = join(dir, 'kubeconfig');
      writeFileSync(env['KUBECONFIG'], JSON.stringify(config));
      done();
    });
  });
  after(done => {
    rmSync(dir, { recursive: true });
    server.close(() => done());
  });
  const has = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`], { env }).status === 0;

  /** What bash puts in place of the word at the end of `line`. */
  async function inBash(line: string): Promise<string[]> {
    // readline's own splitting, which breaks words at = and : as COMP_WORDBREAKS says
    const words = line.split(/\s+|(?<=[=:])(?=[^=:])|(?<=[^=:\s])(?=[=:])/);
    const script = `source <(krt completion bash)
COMP_LINE=$1 COMP_POINT=\${#1}; shift; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_krt 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = await start('bash', ['-c', script, 'bash', line, ...words], { env }).done;
    expect(stderr).to.equal('');
    return stdout.split('\n').filter(Boolean);
  }

  for (const [line, words] of [
    ['krt ru', ['run', 'runtime']],
    ['krt logs hel', ['hello-one', 'hello-two']],
    ['krt run -r p', ['python']],
    ['krt run --runtime=', ['bash', 'python']],
    ['krt run --runtime=b', ['bash']],
    ['krt list -n team -o yam', ['yaml']],
    ['krt list -n hel', ['hello-one', 'hello-two']],
    ['krt artifact download hello-one ', ['report.txt', 'site']],
    ['krt artifact download hello-one site rep', ['report.txt']],
    ['krt list --context arn:a', ['aws:eks:x/y']],
  ] as const) {
    it(`bash: ${line}| becomes ${words.join(' or ')}`, async () => {
      expect(await inBash(line)).to.deep.equal(words);
    });
  }

  it('bash: a file where one is wanted', async () => {
    expect(await inBash(`krt run -f ${dir}/kubeconf`)).to.deep.equal([`${dir}/kubeconfig`]);
  });

  for (const [line, expected] of [
    ['krt run --runtime p', 'python'],
    ['krt logs hel', 'hello-two'],
    ['krt artifact download hello-one si', 'site'],
  ] as const) {
    it(`zsh: ${line}| offers ${expected}`, async function () {
      if (!has('zsh')) return this.skip(); // not on every machine
      const zsh = { ...env, LINE_TYPED: line, EXPECTED: `*${expected}*` };
      const { stdout } = await start('zsh', ['-f', '-c', IN_ZSH], { env: zsh }).done;
      expect(stdout).to.include(expected);
    });
  }

  it('fish: names, with files where one is wanted', async function () {
    if (!has('fish')) return this.skip(); // not on every machine
    const ask = (line: string) => `krt completion fish | source; complete -C'${line}'`;
    expect((await start('fish', ['-c', ask('krt logs hel')], { env }).done).stdout).to.equal('hello-one\nhello-two\n');
    expect((await start('fish', ['-c', ask(`krt run -f ${dir}/kubeconf`)], { env }).done).stdout).to.include(
      '/kubeconfig',
    );
  });

  it('kubectl asks kubectl_complete-krt', async function () {
    if (!has('kubectl')) return this.skip(); // not on every machine
    const { stdout } = await start('kubectl', ['__complete', 'krt', 'logs', 'hel'], { env }).done;
    expect(stdout).to.equal('hello-one\nhello-two\n:4\n');
    const artifacts = ['__complete', 'krt', 'artifact', 'download', 'hello-one', ''];
    expect((await start('kubectl', artifacts, { env }).done).stdout).to.equal('report.txt\nsite\n:4\n');
  });
});
