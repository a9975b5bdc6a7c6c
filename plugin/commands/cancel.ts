import { phaseOf, type Run } from '../../crds/v1alpha1/run.ts';
import { BaseCommand } from '../base-command.ts';
import { Flags, nameArg, selectionFlags } from '../flags.ts';
import { endLine } from '../printers/run-end.ts';
import { cancelRuns } from '../services/cancel-runs.ts';
import { activeRunNames, parseWantedRuns } from '../services/find-runs.ts';

export default class Cancel extends BaseCommand {
  static override summary = 'Cancel Runs: end their programs, or keep them from starting';
  static override usage = 'cancel (RUN... | -l SELECTOR)';
  static override examples = ['<%= config.bin %> cancel hello', '<%= config.bin %> cancel -l team=a --wait'];
  static override args = { run: nameArg({ multiple: true, description: 'names of Runs' }) };
  static override flags = {
    wait: Flags.boolean({ summary: 'stay until they have ended' }),
    selector: selectionFlags.selector,
    output: Flags.string({ char: 'o', summary: 'name: only the names', options: ['name'], helpValue: '<format>' }),
  };

  async run(): Promise<readonly Run[]> {
    const { argv, flags } = await this.parse(Cancel);
    const wanted = parseWantedRuns(argv as string[], flags.selector);
    const { clients, namespace } = await this.context.cluster();
    const { stdout, stderr, clock, signal } = this.context;
    const names = await activeRunNames(wanted, { runs: clients.runs, namespace, signal });
    if (names.length === 0) await stderr.write('no Run that goes on is selected\n');
    const lineOf = (run: Run, hadEnded: boolean) => {
      const name = `run.kruntimes.io/${run.metadata.name}`;
      if (flags.output) return name;
      if (hadEnded) return `${name} had ended before: ${phaseOf(run)}`;
      return flags.wait ? endLine(run) : `${name} is asked to end`;
    };
    return cancelRuns(names, {
      runs: clients.runs,
      namespace,
      clock,
      signal,
      wait: flags.wait,
      onCancelled: (run, hadEnded) => stdout.write(`${lineOf(run, hadEnded)}\n`),
    });
  }
}
