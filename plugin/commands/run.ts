import type { Run as RunObject } from '../../crds/v1alpha1/run.ts';
import { abortable } from '../abortable.ts';
import { BaseCommand } from '../base-command.ts';
import { hintAtDashes, splitWords } from '../command-line.ts';
import { checkMode, modeFlags, programFlags, runOptionsOf, spellOutput } from '../run-flags.ts';
import { draftRun } from '../services/run/draft-run.ts';
import { runDraft } from '../ui/run-draft.ts';

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
    const { stdin, signal } = this.context;
    checkMode(flags);
    const draft = await abortable(draftRun(runOptionsOf(flags, program), stdin), signal);
    const { run, exitCode } = await runDraft(this.context, draft, flags);
    this.exitCode = exitCode;
    return run;
  }
}
