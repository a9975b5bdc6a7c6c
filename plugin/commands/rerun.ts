import type { Run } from '../../crds/v1alpha1/run.ts';
import { BaseCommand } from '../base-command.ts';
import { usageError } from '../errors.ts';
import { nameArg } from '../flags.ts';
import { expandLatest } from '../latest.ts';
import { isObjectName } from '../parsers.ts';
import { checkMode, modeFlags, programFlags, spellOutput } from '../run-flags.ts';
import { redraftRun } from '../services/run/redraft-run.ts';
import { parseNames } from '../targets.ts';
import { runDraft } from '../ui/run-draft.ts';

export default class Rerun extends BaseCommand {
  static override summary = 'Run the program of a Run once more, as a new Run';
  static override description =
    'Program, arguments, environment, limits and labels are those of the Run; it may be over, or still under way.';
  static override examples = ['<%= config.bin %> rerun hello-x7k2p', '<%= config.bin %> rerun @latest --detach'];
  static override args = { name: nameArg({ required: true, description: 'name of the Run; @latest is the newest' }) };
  static override flags = { name: programFlags.name, ...modeFlags };

  async run(): Promise<Run> {
    const { args, flags } = await this.parse(Rerun, spellOutput(this.argv));
    checkMode(flags);
    const [name = ''] = parseNames(await expandLatest([args.name], this.context), 'run');
    if (flags.name !== undefined && !isObjectName(flags.name)) {
      throw usageError(`--name: "${flags.name}" is not a name of Kubernetes`, 'lower case letters, digits, - and .');
    }
    const { clients, namespace } = await this.context.cluster();
    const old = await clients.runs.get(name, namespace, { signal: this.context.signal });
    const { run, exitCode } = await runDraft(this.context, redraftRun(old, flags.name), flags);
    this.exitCode = exitCode;
    return run;
  }
}
