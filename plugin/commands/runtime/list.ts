import type { Runtime } from '../../../crds/v1alpha1/runtime.ts';
import { BaseCommand } from '../../base-command.ts';
import { selectionFlags } from '../../flags.ts';
import { RUNTIMES } from '../../printers/runtimes.ts';
import { tableFlags } from '../../table-flags.ts';
import { showObjects } from '../../ui/show-objects.ts';

export default class RuntimeList extends BaseCommand {
  static override summary = 'List Runtimes: their Pods, slots and use';
  static override examples = ['<%= config.bin %> runtime list', '<%= config.bin %> runtime list -A -o wide'];
  static override flags = { ...selectionFlags, ...tableFlags };

  async run(): Promise<readonly Runtime[]> {
    const { flags } = await this.parse(RuntimeList);
    return showObjects(this.context, {
      kind: RUNTIMES,
      clientOf: ({ clients }) => clients.runtimes,
      names: [],
      labelSelector: flags.selector,
      fieldSelector: flags['field-selector'],
      flags,
    });
  }
}
