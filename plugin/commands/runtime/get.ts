import type { Runtime } from '../../../crds/v1alpha1/runtime.ts';
import { BaseCommand } from '../../base-command.ts';
import { nameArg, selectionFlags } from '../../flags.ts';
import { RUNTIMES } from '../../printers/runtimes.ts';
import { tableFlags } from '../../table-flags.ts';
import { parseNames } from '../../targets.ts';
import { showObjects } from '../../ui/show-objects.ts';

export default class RuntimeGet extends BaseCommand {
  static override summary = 'Show Runtimes by name, in a table or as data';
  static override examples = ['<%= config.bin %> runtime get bash', '<%= config.bin %> runtime get bash -o yaml'];
  static override args = { name: nameArg({ multiple: true, description: 'names of Runtimes; none: all of them' }) };
  static override flags = { ...selectionFlags, ...tableFlags };

  async run(): Promise<readonly Runtime[]> {
    const { argv, flags } = await this.parse(RuntimeGet);
    return showObjects(this.context, {
      kind: RUNTIMES,
      clientOf: ({ clients }) => clients.runtimes,
      names: parseNames(argv as string[], 'runtime'),
      labelSelector: flags.selector,
      fieldSelector: flags['field-selector'],
      flags,
    });
  }
}
