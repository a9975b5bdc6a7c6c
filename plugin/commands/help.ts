import { BaseCommand } from '../base-command.ts';
import { dispatch } from '../dispatch.ts';
import { nameArg } from '../flags.ts';
import { helpText } from '../help.ts';

export default class Help extends BaseCommand {
  static override summary = 'Show help for krt or for one of its commands';
  static override usage = 'help [COMMAND]';
  static override examples = ['<%= config.bin %> help run', '<%= config.bin %> help runtime list'];
  static override args = { command: nameArg({ multiple: true, description: 'the command' }) };

  async run(): Promise<string> {
    const { argv } = await this.parse(Help);
    const request = dispatch([...(argv as string[]), '--help'], this.config);
    const { stdout } = this.context;
    const text = helpText(this.config, request.kind === 'help' ? request.subject : 'help', stdout.columns);
    await stdout.write(text);
    return text;
  }
}
