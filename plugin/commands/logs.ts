import { isTerminal, phaseOf, type Run } from '../../crds/v1alpha1/run.ts';
import { BaseCommand } from '../base-command.ts';
import { usageError } from '../errors.ts';
import { Flags, nameArg, selectionFlags, waitFlag } from '../flags.ts';
import { expandLatest } from '../latest.ts';
import { findRuns, parseWantedRuns } from '../services/find-runs.ts';
import { lastAttempt } from '../services/logs/attempt-place.ts';
import { showManyLogs } from '../services/logs/show-many.ts';
import { exitCodeOf } from '../services/run-outcome.ts';
import { makeLogOutput } from '../terminal/log-output.ts';

export default class Logs extends BaseCommand {
  static override summary = 'Show the output of Runs, of all their attempts';
  static override usage = 'logs (RUN... | -l SELECTOR)';
  static override examples = [
    '<%= config.bin %> logs hello',
    '<%= config.bin %> logs @latest',
    '<%= config.bin %> logs -f hello --exit-code',
    '<%= config.bin %> logs hello --previous --timestamps',
    '<%= config.bin %> logs -f -l team=a --prefix --tail 10',
  ];
  static override args = { run: nameArg({ multiple: true, description: 'names of Runs; @latest is the newest' }) };
  static override flags = {
    follow: Flags.boolean({ char: 'f', summary: 'go on until the Run has ended' }),
    attempt: Flags.integer({ summary: 'only this attempt', helpValue: '<n>', min: 1, exclusive: ['previous'] }),
    previous: Flags.boolean({ char: 'p', summary: 'only the attempt before the last' }),
    tail: Flags.integer({ summary: 'only the last lines of what there is', helpValue: '<n>', min: 0 }),
    since: waitFlag({ summary: 'only lines that are younger, such as 5m' }),
    timestamps: Flags.boolean({ summary: 'begin each line with its time' }),
    prefix: Flags.boolean({ summary: 'begin each line with the name of its Run' }),
    selector: selectionFlags.selector,
    'exit-code': Flags.boolean({ summary: 'end with the exit code of the Run', dependsOn: ['follow'] }),
  };

  async run(): Promise<readonly Run[]> {
    const { argv, flags } = await this.parse(Logs);
    const wanted = parseWantedRuns(await expandLatest(argv as string[], this.context), flags.selector);
    if (flags['exit-code'] && wanted.names?.length !== 1) throw usageError('--exit-code is for one Run');
    const { clients, namespace } = await this.context.cluster();
    const { stderr, clock, signal } = this.context;
    const { follow, attempt, previous, tail, since: sinceMs, timestamps, prefix } = flags;
    const options = { follow, attempt, previous, tail, sinceMs, timestamps, prefix };
    const output = makeLogOutput(this.context);
    try {
      const found = await findRuns(wanted, { runs: clients.runs, namespace, signal });
      const shown = await showManyLogs(found, options, { clients, clock, signal, output });
      if (!follow && stderr.isTTY) for (const text of shown.flatMap(noOutputText)) await stderr.write(`${text}\n`);
      if (flags['exit-code']) this.exitCode = exitCodeOf(shown[0]!);
      return shown;
    } finally {
      await output.end();
    }
  }
}

/** Nothing on the screen could as well be a program that says nothing. */
function noOutputText(run: Run): string[] {
  if (isTerminal(run) || lastAttempt(run) > 0) return [];
  return [`Run ${run.metadata.name} is ${phaseOf(run)}: there is no output yet; -f waits for it`];
}
