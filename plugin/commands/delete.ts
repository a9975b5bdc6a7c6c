import type { ResourceClient } from '../../crds/client/resource-client.ts';
import type { KubeObject } from '../../crds/v1alpha1/meta.ts';
import { BaseCommand } from '../base-command.ts';
import { usageError } from '../errors.ts';
import { Flags, nameArg, selectionFlags, waitFlag } from '../flags.ts';
import { RUNS } from '../printers/runs.ts';
import { RUNTIMES } from '../printers/runtimes.ts';
import { deleteObjects } from '../services/objects/delete.ts';
import { parseTargets } from '../targets.ts';

export default class Delete extends BaseCommand {
  static override summary = 'Delete Runs; one that is under way is stopped';
  static override usage = 'delete NAME... | run/NAME | runtime/NAME | (-l SELECTOR | --all)';
  static override examples = [
    '<%= config.bin %> delete hello',
    '<%= config.bin %> delete --field-selector status.phase=Succeeded',
    '<%= config.bin %> delete runs --all',
  ];
  static override args = { name: nameArg({ multiple: true, description: 'names of Runs' }) };
  static override flags = {
    ...selectionFlags,
    all: Flags.boolean({ summary: 'all of the namespace' }),
    'ignore-not-found': Flags.boolean({ summary: 'names that are not there are no error' }),
    wait: Flags.boolean({ summary: 'wait until they are gone', default: true, allowNo: true }),
    timeout: waitFlag({ summary: 'how long to wait; 0 is for ever', default: 0 }),
    'dry-run': Flags.option({
      options: ['none', 'client', 'server'] as const,
      summary: 'delete nothing',
      default: 'none',
    })(),
    output: Flags.option({ char: 'o', options: ['name'] as const, summary: 'print names alone' })(),
  };

  async run(): Promise<readonly KubeObject[]> {
    const { argv, flags } = await this.parse(Delete);
    const { kind: target, names } = parseTargets(argv as string[]);
    const selects = flags.all || flags.selector !== undefined || flags['field-selector'] !== undefined;
    if (names.length === 0 && !selects) {
      throw usageError('nothing to delete', 'give names, -l, --field-selector or --all');
    }
    if (names.length > 0 && (selects || flags['all-namespaces'])) {
      throw usageError('names and a selection do not go together', 'leave one of them out');
    }
    const { clock, signal, stdout, stderr } = this.context;
    const { clients, namespace } = await this.context.cluster();
    const kind = target === 'run' ? RUNS.name : RUNTIMES.name;
    const client: ResourceClient<KubeObject> = target === 'run' ? clients.runs : clients.runtimes;
    const { objects, missing } = await deleteObjects(client, {
      namespace: flags['all-namespaces'] ? undefined : namespace,
      names,
      labelSelector: flags.selector,
      fieldSelector: flags['field-selector'],
      dryRun: flags['dry-run'],
      waitMs: flags.wait ? flags.timeout : undefined,
      clock,
      signal,
      onDeleted: ({ metadata: { name } }) =>
        void stdout.write(flags.output ? `${kind}/${name}\n` : `${kind} "${name}" deleted${NOTES[flags['dry-run']]}\n`),
    });
    if (objects.length === 0 && names.length === 0) await stderr.write('No resources found\n');
    if (missing.length > 0 && !flags['ignore-not-found']) throw missing[0]!;
    return objects;
  }
}

const NOTES = { none: '', client: ' (dry run)', server: ' (server dry run)' };
