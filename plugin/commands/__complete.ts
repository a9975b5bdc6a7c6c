import { BaseCommand } from '../base-command.ts';
import { splitWords } from '../command-line.ts';
import { clusterFlags } from '../flags.ts';
import { type CliSpec, readWords } from '../services/complete/read-words.ts';

export default class Complete extends BaseCommand {
  static override summary = 'Tell a shell which words may come next';
  static override hidden = true;

  async run(): Promise<string> {
    const { program: typed } = splitWords(this.argv);
    const { commands, topics } = this.config;
    const cli: CliSpec = { commands, topics, globalFlags: clusterFlags };
    await this.parse(Complete, [...readWords(typed.slice(0, -1), cli).globals]);
    const { clock, signal, stdout } = this.context;
    const { suggestWords } = await import('../services/complete/suggest-words.ts');
    const kubeconfig = () => this.context.kubeconfig();
    const text = await suggestWords(typed, cli, { clock, signal, cluster: () => this.context.cluster(), kubeconfig });
    await stdout.write(text);
    return text;
  }
}
