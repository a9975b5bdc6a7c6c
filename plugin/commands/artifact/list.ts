import type { ArtifactRef } from '../../../crds/v1alpha1/run.ts';
import { BaseCommand } from '../../base-command.ts';
import { dataFlag, nameArg } from '../../flags.ts';
import { expandLatest } from '../../latest.ts';
import { artifactsTable } from '../../printers/artifacts.ts';
import { findRun, nothingText, selectArtifacts } from '../../services/artifacts/find-artifacts.ts';
import { dataText } from '../../ui/data-text.ts';

export default class ArtifactList extends BaseCommand {
  static override summary = 'List what a Run left in $KRUNTIME_ARTIFACTS_DIR';
  static override examples = ['<%= config.bin %> artifact list hello', '<%= config.bin %> artifact list hello -o json'];
  static override args = { run: nameArg({ required: true, description: 'name of the Run; @latest is the newest' }) };
  static override flags = { output: dataFlag() };

  async run(): Promise<readonly ArtifactRef[]> {
    const { args, flags } = await this.parse(ArtifactList);
    const [word] = await expandLatest([args.run], this.context);
    const { clients, namespace } = await this.context.cluster();
    const { stdout, stderr, clock, signal } = this.context;
    const run = await findRun(word!, { runs: clients.runs, namespace, signal });
    const refs = selectArtifacts(run, []);
    if (flags.output) await stdout.write(await dataText(refs, flags.output));
    else if (refs.length > 0) await stdout.write(artifactsTable(refs, clock.now()));
    else await stderr.write(`${nothingText(run)}\n`);
    return refs;
  }
}
