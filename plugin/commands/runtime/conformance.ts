import { join, resolve } from 'node:path';
import { BaseCommand } from '../../base-command.ts';
import { dataFlag, Flags, waitFlag } from '../../flags.ts';
import { conformanceText } from '../../printers/conformance.ts';
import type { ConformanceReport } from '../../services/conformance/run-kit.ts';
import { dataText } from '../../ui/data-text.ts';
import { makeProgress } from '../../ui/progress.ts';

/** As `diff` and `grep` have it: all went well, and the answer is no. */
const NONCONFORMING = 1;

export default class RuntimeConformance extends BaseCommand {
  static override summary = 'Check a Runtime Server of yours against what krt counts on';
  static override description =
    'Executes programs on it, by its protocol: shell commands, so it needs sh. Needs no cluster. Exits with ' +
    `${NONCONFORMING} where a check fails; docs/runtime-authors.md says what each one is about.`;
  static override examples = [
    '<%= config.bin %> runtime conformance --address 127.0.0.1:19091 --token-file token',
    "<%= config.bin %> runtime conformance --address unix:/tmp/server.sock --source hello.rb --restart './restart.sh'",
  ];
  static override flags = {
    address: Flags.string({ summary: 'of the server', helpValue: '<host:port>', required: true }),
    'token-file': Flags.string({ summary: 'the bearer token that it takes', helpValue: '<file>' }),
    workdir: Flags.string({ summary: 'where its programs may write; default: a new folder', helpValue: '<folder>' }),
    source: Flags.string({ summary: 'a program that prints hello, in its language', helpValue: '<file>' }),
    restart: Flags.string({ summary: 'shell command that restarts it', helpValue: '<command>' }),
    timeout: waitFlag({ summary: 'how long to wait for anything; default 30s', default: 30_000 }),
    output: dataFlag(),
  };

  async run(): Promise<ConformanceReport> {
    const { flags } = await this.parse(RuntimeConformance);
    const { env, signal, stdout, stderr } = this.context;
    const { runKit } = await import('../../services/conformance/run-kit.ts');
    const progress = makeProgress(stderr, flags.output !== undefined);
    const bundle = join(this.config.root, 'dist/agents/conformance.js');
    const { address, source, restart, timeout: patienceMs } = flags;
    const path = (file: string | undefined) => file && resolve(file);
    const report = await runKit(
      {
        address,
        tokenFile: path(flags['token-file']),
        workdir: path(flags.workdir),
        source: path(source),
        restart,
        patienceMs,
      },
      { bundle, env, signal, progress },
    ).finally(() => progress.clear());
    await stdout.write(flags.output ? await dataText(report, flags.output) : conformanceText(report));
    if (report.failed > 0) this.exitCode = NONCONFORMING;
    return report;
  }
}
