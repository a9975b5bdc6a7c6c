import type { KubeObject } from '../../crds/v1alpha1/meta.ts';
import { BaseCommand } from '../base-command.ts';
import { nameArg, selectionFlags } from '../flags.ts';
import { expandLatest } from '../latest.ts';
import { RUNS } from '../printers/runs.ts';
import { RUNTIMES } from '../printers/runtimes.ts';
import { tableFlags } from '../table-flags.ts';
import { parseTargets } from '../targets.ts';
import { showObjects } from '../ui/show-objects.ts';

export default class Get extends BaseCommand {
  static override summary = 'Show Runs by name, in a table or as data';
  static override usage = 'get [NAME... | runs | run/NAME | runtimes | runtime/NAME]';
  static override examples = [
    '<%= config.bin %> get hello',
    '<%= config.bin %> get hello -o outputs',
    "<%= config.bin %> get hello -o jsonpath='{.status.exitCode}'",
    '<%= config.bin %> get hello -o yaml',
    '<%= config.bin %> get runtime/bash -w',
  ];
  static override args = {
    name: nameArg({ multiple: true, description: 'names of Runs; none: all; @latest: the newest' }),
  };
  static override flags = { ...selectionFlags, ...tableFlags };

  async run(): Promise<readonly KubeObject[]> {
    const { argv, flags } = await this.parse(Get);
    const { kind, names } = parseTargets(await expandLatest(argv as string[], this.context));
    const options = { names, labelSelector: flags.selector, fieldSelector: flags['field-selector'], flags };
    return kind === 'run'
      ? showObjects(this.context, { ...options, kind: RUNS, clientOf: ({ clients }) => clients.runs })
      : showObjects(this.context, { ...options, kind: RUNTIMES, clientOf: ({ clients }) => clients.runtimes });
  }
}
