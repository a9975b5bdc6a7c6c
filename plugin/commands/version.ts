import { BaseCommand } from '../base-command.ts';
import { Flags } from '../flags.ts';

export default class Version extends BaseCommand {
  static override summary = 'Show the version of krt, and of the cluster';
  static override flags = { client: Flags.boolean({ summary: 'only that of krt itself; asks no server' }) };

  async run(): Promise<void> {
    await this.parse(Version);
    await this.context.stdout.write(`krt ${this.context.version}\n`);
  }
}
