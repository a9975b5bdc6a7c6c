import { BaseCommand } from '../base-command.ts';
import { clusterFlags } from '../flags.ts';
import { flagsText } from '../help/command-help.ts';
import { paragraph } from '../help/layout.ts';

/** Where a cluster is looked for, in words. */
const ORDER = `The cluster is that of --kubeconfig, else of the files in KUBECONFIG, else of ~/.kube/config, else of the Pod that \
krt runs in, else the embedded default of "krt local up" (in $KRT_HOME, by default ~/.krt).`;

export default class Options extends BaseCommand {
  static override summary = 'Show the flags that all commands have';

  async run(): Promise<string> {
    await this.parse(Options);
    const { stdout } = this.context;
    const flags = Object.entries(clusterFlags).map(([name, flag]) => ({ ...flag, name }));
    const text = `Flags of all commands:\n${flagsText(flags, stdout.columns)}\n${paragraph(ORDER, stdout.columns)}`;
    await stdout.write(text);
    return text;
  }
}
