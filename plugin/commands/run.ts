import type { Run as RunObject } from '../../crds/v1alpha1/run.ts';
import { abortable } from '../abortable.ts';
import { BaseCommand } from '../base-command.ts';
import { commandLine, hintAtDashes, splitWords } from '../command-line.ts';
import { showsOutputs } from '../printers/output-format.ts';
import { endLine } from '../printers/run-end.ts';
import { checkMode, modeFlags, programFlags, runOptionsOf, spellOutput } from '../run-flags.ts';
import { draftRun } from '../services/run/draft-run.ts';
import { runProgram } from '../services/run/run-program.ts';
import { nameRun, previewRun } from '../services/run/submit-run.ts';
import { makeLogOutput } from '../terminal/log-output.ts';
import { makeProgress } from '../ui/progress.ts';
import { showOutputs, showRun } from '../ui/show-run.ts';

const { random } = Math;

export default class Run extends BaseCommand {
  static override summary = 'Run a program, with its output and exit code as if it ran here';
  static override usage = 'run -r RUNTIME (-f FILE | -c TEXT | --repo-url URL --commit-sha SHA) [-- ARGS...]';
  static override examples = [
    "<%= config.bin %> run -r bash -c 'echo hello'",
    '<%= config.bin %> run -r bash -f job.sh --timeout 5m -- --verbose "two words"',
    '<%= config.bin %> run -r bash -- uname -a',
    '<%= config.bin %> run -r bash -f job.sh --detach -o name',
    '<%= config.bin %> run -r bash -f job.sh --output result',
  ];
  static override flags = { ...programFlags, ...modeFlags };

  async run(): Promise<RunObject> {
    const { own, program } = splitWords(this.argv);
    const { flags } = await this.parse(Run, spellOutput(own)).catch(hintAtDashes(this.config.bin));
    const { stdin, stderr, clock, signal, bin } = this.context;
    checkMode(flags);
    const { output: format, detach } = flags;
    const show = async (run: RunObject, line: string) => {
      await showRun(this.context, run, format, line);
      return run;
    };
    const draft = await abortable(draftRun(runOptionsOf(flags, program), stdin), signal);
    if (flags['dry-run'] === 'client') {
      const run = nameRun(draft, random);
      return show(run, madeLine(run, 'created (dry run)'));
    }
    const { clients, namespace } = await this.context.cluster();
    if (flags['dry-run']) {
      const run = await previewRun(draft, { runs: clients.runs, namespace, clock, random, signal });
      return show(run, madeLine(run, 'created (server dry run)'));
    }
    const isStreamed = !detach && !flags.wait && !format;
    const { run, exitCode, text } = await runProgram(draft, {
      clients,
      namespace,
      clock,
      random,
      signal,
      progress: makeProgress(stderr, format?.name === 'json'),
      output: isStreamed ? makeLogOutput(this.context) : undefined,
      attach: !detach,
      cancelOnInterrupt: flags['cancel-on-interrupt'],
      commandFor: commandLine(bin, flags),
    });
    this.exitCode = exitCode;
    if (!detach && showsOutputs(format)) return showOutputs(this.context, run, format!, exitCode);
    if (!isStreamed) return show(run, detach ? madeLine(run, 'created') : endLine(run));
    if (text !== undefined) await stderr.write(`${text}\n`);
    return run;
  }
}

const madeLine = ({ metadata }: RunObject, what: string) => `run.kruntimes.io/${metadata.name} ${what}`;
