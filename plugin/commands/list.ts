import type { Run } from '../../crds/v1alpha1/run.ts';
import { BaseCommand } from '../base-command.ts';
import { Flags, selectionFlags } from '../flags.ts';
import { RUNS } from '../printers/runs.ts';
import { tableFlags } from '../table-flags.ts';
import { showObjects } from '../ui/show-objects.ts';

export default class List extends BaseCommand {
  static override summary = 'List Runs';
  static override examples = [
    '<%= config.bin %> list',
    '<%= config.bin %> list -r bash --field-selector status.phase=Failed',
    '<%= config.bin %> list -w',
    '<%= config.bin %> list -A --sort-by .metadata.creationTimestamp -o wide',
  ];
  static override flags = {
    runtime: Flags.string({ char: 'r', summary: 'only Runs of this Runtime', helpValue: '<name>' }),
    ...selectionFlags,
    ...tableFlags,
  };

  async run(): Promise<readonly Run[]> {
    const { flags } = await this.parse(List);
    const fields = [flags['field-selector'], flags.runtime && `spec.runtime=${flags.runtime}`].filter(Boolean);
    return showObjects(this.context, {
      kind: RUNS,
      clientOf: ({ clients }) => clients.runs,
      names: [],
      labelSelector: flags.selector,
      fieldSelector: fields.join(',') || undefined,
      flags,
    });
  }
}
