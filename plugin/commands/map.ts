import { abortable } from '../abortable.ts';
import { BaseCommand } from '../base-command.ts';
import { hintAtDashes, splitWords } from '../command-line.ts';
import { interruptedError, usageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { Flags } from '../flags.ts';
import { mapSummary } from '../printers/map-summary.ts';
import { endLine } from '../printers/run-end.ts';
import { programFlags, runOptionsOf } from '../run-flags.ts';
import { draftMap } from '../services/map/draft-map.ts';
import { readItems } from '../services/map/items.ts';
import { type Mapped, mapRuns } from '../services/map/map-runs.ts';
import { exitCodeOf } from '../services/run-outcome.ts';
import { makeLogOutput } from '../terminal/log-output.ts';
import { prefixedOutput } from '../terminal/prefixed-output.ts';
import { sanitise } from '../terminal/sanitise.ts';
import { makeProgress } from '../ui/progress.ts';

const { random } = Math;

export default class MapItems extends BaseCommand {
  static override summary = 'Run a program once for each line of a file, many at a time';
  static override usage =
    'map -r RUNTIME (-f FILE | -c TEXT | --repo-url URL --commit-sha SHA) --each ITEMS [-- ARGS...]';
  static override description =
    'The line is the last argument of the program, or stands in place of each {} among ARGS. Each line of output stands ' +
    'behind its item. krt ends with the exit code of the first Run that did not succeed. Ctrl-C cancels all.';
  static override examples = [
    '<%= config.bin %> map -r bash -f thumbnail.sh --each files.txt',
    'ls | <%= config.bin %> map -r bash -c \'echo "$1 of $2"\' --each - -- {} today',
    '<%= config.bin %> map -r bash -f job.sh --each ids.txt --max-parallel 50 --quiet',
  ];
  static override flags = {
    ...programFlags,
    // of one Run; told so where it is given
    name: Flags.string({ hidden: true }),
    each: Flags.string({ summary: 'a file with an item a line; - is stdin', helpValue: '<path>', required: true }),
    'max-parallel': Flags.integer({
      summary: 'Runs at once; default 16',
      helpValue: '<n>',
      default: 16,
      min: 1,
      max: 50,
    }),
    quiet: Flags.boolean({ char: 'q', summary: 'show no output, only how each Run ended' }),
  };

  async run(): Promise<readonly Mapped[]> {
    const { own, program } = splitWords(this.argv);
    const { flags } = await this.parse(MapItems, own).catch(hintAtDashes(this.config.bin));
    const { stdin, stdout, stderr, clock, signal } = this.context;
    const { each, quiet } = flags;
    if (flags.name !== undefined)
      throw usageError('--name is for one Run', 'these have names of their own: --generate-name');
    if (each === '-' && flags.file === '-')
      throw usageError('--each - and -f - exclude each other: there is one stdin');
    const items = await abortable(readItems(each, stdin), signal);
    const drafts = await abortable(draftMap(items, runOptionsOf(flags, program), { stdin, random }), signal);
    const { clients, namespace } = await this.context.cluster();
    const output = makeLogOutput(this.context);
    const progress = makeProgress(stderr, !quiet && stdout.isTTY);
    const results = await mapRuns(drafts, {
      clients,
      namespace,
      clock,
      random,
      signal,
      maxParallel: flags['max-parallel'],
      progress,
      outputFor: item => (quiet ? undefined : prefixedOutput(output, `${item} | `)),
      onEnded: async (item, run) => {
        progress.clear();
        const line = `${endLine(run)}  ${sanitise(item)}\n`;
        if (quiet) await stdout.write(line);
        else if (exitCodeOf(run) !== EXIT.ok) await stderr.write(line);
      },
    });
    await output.end();
    await stderr.write(mapSummary(results));
    if (signal.aborted) throw interruptedError();
    const failed = results.find(({ run }) => run && exitCodeOf(run) !== EXIT.ok);
    if (failed?.run) this.exitCode = exitCodeOf(failed.run);
    return results;
  }
}
