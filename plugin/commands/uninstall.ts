import { join } from 'node:path';
import { BaseCommand } from '../base-command.ts';
import { commandLine } from '../command-line.ts';
import { Flags } from '../flags.ts';
import { remainsText } from '../printers/remains.ts';
import { nameOf } from '../services/install/kinds.ts';
import type { Remains } from '../services/install/uninstall.ts';
import { onlyNamespaceOf } from '../ui/only-namespace.ts';

export default class Uninstall extends BaseCommand {
  static override summary = 'Take krt off the cluster; Runtimes and Runs stay, unless --all';
  static override description =
    'It waits for nothing to be gone, and tells what it leaves. What an installation for one namespace shares with others stays.';
  static override examples = [
    '<%= config.bin %> uninstall',
    '<%= config.bin %> uninstall --all',
    '<%= config.bin %> uninstall --namespaced -n team-a',
  ];
  static override flags = {
    namespaced: Flags.boolean({ summary: 'an installation for one namespace' }),
    all: Flags.boolean({ summary: 'the CRDs too, and with them every Runtime and Run of the cluster' }),
  };

  async run(): Promise<Remains> {
    const { flags } = await this.parse(Uninstall);
    const { stdout, stderr, signal, bin } = this.context;
    const [{ readManifest }, { uninstall }] = await Promise.all([
      import('../services/install/manifest.ts'),
      import('../services/install/uninstall.ts'),
    ]);
    const onlyNamespace = await onlyNamespaceOf(this.context, flags.namespaced);
    const objects = await readManifest(join(this.config.root, 'install'), { onlyNamespace });
    const { clients } = await this.context.cluster();
    let deleted = 0;
    const onDeleted = (object: (typeof objects)[number]) => {
      deleted += 1;
      return stdout.write(`${nameOf(object)} deleted\n`);
    };
    const remains = await uninstall(objects, { clients, onlyNamespace, all: flags.all, signal, onDeleted });
    if (deleted === 0) await stderr.write('krt is not installed here: nothing was deleted\n');
    const allCommand = commandLine(bin, flags)(`uninstall${flags.namespaced ? ' --namespaced' : ''}`, '--all');
    if (deleted > 0) await stderr.write(remainsText(remains, allCommand));
    return remains;
  }
}
