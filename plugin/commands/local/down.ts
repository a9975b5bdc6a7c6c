import { join } from 'node:path';
import { BaseCommand } from '../../base-command.ts';
import { Flags, waitFlag } from '../../flags.ts';
import { makeProgress } from '../../ui/progress.ts';

export default class LocalDown extends BaseCommand {
  static override summary = 'Stop the embedded default and every process of it';
  static override description =
    'What is stored stays, and is there again after the next up. Programs that still run when the grace is over are ended.';
  static override examples = ['<%= config.bin %> local down', '<%= config.bin %> local down --delete'];
  static override flags = {
    grace: waitFlag({ summary: 'how long programs may go on; default 5s', default: 5000 }),
    delete: Flags.boolean({ summary: 'delete all that is stored too' }),
  };

  async run(): Promise<{ wasUp: boolean }> {
    const { flags } = await this.parse(LocalDown);
    const { krtHome: home, env, signal, clock, stdout, stderr } = this.context;
    const { takeDown } = await import('../../services/local/take-down.ts');
    const progress = makeProgress(stderr);
    progress.show('stopping the embedded default');
    const bundle = join(this.config.root, 'dist/agents/local.js');
    const options = { home, bundle, env, signal, clock, graceMs: flags.grace, forget: flags.delete };
    const wasUp = await takeDown(options).finally(() => progress.clear());
    await stdout.write(wasUp ? 'the embedded default is down\n' : 'the embedded default was down already\n');
    if (flags.delete) await stdout.write(`deleted what was stored in ${home}\n`);
    return { wasUp };
  }
}
