import { BaseCommand } from '../../base-command.ts';
import { EXIT } from '../../exit-codes.ts';
import { dataFlag } from '../../flags.ts';
import { statusText } from '../../printers/local.ts';
import type { DaemonInfo } from '../../services/local/daemon.ts';
import { dataText } from '../../ui/data-text.ts';

export default class LocalStatus extends BaseCommand {
  static override summary = 'Tell whether the embedded default is up, and where';
  static override description = `Exits with ${EXIT.unavailable} where it is down.`;
  static override examples = ['<%= config.bin %> local status', '<%= config.bin %> local status -o json'];
  static override flags = { output: dataFlag() };

  async run(): Promise<Partial<DaemonInfo> & { up: boolean }> {
    const { flags } = await this.parse(LocalStatus);
    const { krtHome, signal, stdout, clock, bin } = this.context;
    const { askDaemon } = await import('../../services/local/daemon.ts');
    const info = await askDaemon(krtHome, signal);
    const result = { up: info !== undefined, ...info };
    await stdout.write(flags.output ? await dataText(result, flags.output) : statusText(info, clock.now(), bin));
    if (!info) this.exitCode = EXIT.unavailable;
    return result;
  }
}
