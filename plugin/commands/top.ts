import { BaseCommand } from '../base-command.ts';
import { usageError } from '../errors.ts';
import { dataFlag, Flags, nameArg, selectionFlags, waitFlag } from '../flags.ts';
import type { Load } from '../services/top/load-board.ts';
import { parseNames } from '../targets.ts';
import { showLiveTop, showTop } from '../ui/show-top.ts';

export default class Top extends BaseCommand {
  static override summary = 'Watch how busy Runtimes are: slots, Runs that wait, rates';
  static override description =
    'On a terminal it goes on until Ctrl-C; elsewhere, or with --once or -o, it shows what is now. Rates are of Runs that ' +
    'ended in the last minute; MEDIAN is how long they took, from their last start.';
  static override examples = [
    '<%= config.bin %> top',
    '<%= config.bin %> top -A --window 5m',
    '<%= config.bin %> top bash --once --no-headers',
    '<%= config.bin %> top -o json',
  ];
  static override args = { name: nameArg({ description: 'name of a Runtime; none: all of them' }) };
  static override flags = {
    'all-namespaces': selectionFlags['all-namespaces'],
    once: Flags.boolean({ summary: 'show what is now, and end' }),
    window: waitFlag({ summary: 'rates are of so long; default 1m', default: 60_000 }),
    'no-headers': Flags.boolean({ summary: 'no line of headers' }),
    output: dataFlag(),
  };

  async run(): Promise<readonly Load[]> {
    const { args, flags } = await this.parse(Top);
    const [name] = args.name === undefined ? [] : parseNames([args.name], 'runtime');
    const isAll = flags['all-namespaces'];
    if (isAll && name !== undefined) throw usageError('a name belongs to one namespace', 'leave out -A, or the name');
    if (flags.window < 1000) throw usageError('--window: rates need a second at least', 'such as 1m');
    const { clients, namespace } = await this.context.cluster();
    const { stdout, clock, signal, env } = this.context;
    const canDraw = stdout.isTTY && env['TERM'] !== 'dumb';
    const show = canDraw && !flags.once && !flags.output ? showLiveTop : showTop;
    const options = { windowMs: flags.window, format: flags.output, noHeaders: flags['no-headers'] };
    return show(this.context, options, { clients, namespace: isAll ? undefined : namespace, name, clock, signal });
  }
}
