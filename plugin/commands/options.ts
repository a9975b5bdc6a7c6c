import { BaseCommand } from '../base-command.ts';
import { clusterFlags } from '../flags.ts';
import { flagsText } from '../help/command-help.ts';
import { paragraph } from '../help/layout.ts';
import { CLUSTER_ORDER } from '../help/words.ts';

export default class Options extends BaseCommand {
  static override summary = 'Show the flags that all commands have';

  async run(): Promise<string> {
    await this.parse(Options);
    const { stdout } = this.context;
    const flags = Object.entries(clusterFlags).map(([name, flag]) => ({ ...flag, name }));
    const text = `Flags of all commands:\n${flagsText(flags, stdout.columns)}\n${paragraph(CLUSTER_ORDER, stdout.columns)}`;
    await stdout.write(text);
    return text;
  }
}
