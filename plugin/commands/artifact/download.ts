import type { ArtifactRef } from '../../../crds/v1alpha1/run.ts';
import { BaseCommand } from '../../base-command.ts';
import { usageError } from '../../errors.ts';
import { Flags, nameArg } from '../../flags.ts';
import { expandLatest } from '../../latest.ts';
import { printArtifact } from '../../services/artifacts/download.ts';
import { findRun, nothingText, selectArtifacts } from '../../services/artifacts/find-artifacts.ts';
import { showDownload } from '../../ui/download.ts';

export default class ArtifactDownload extends BaseCommand {
  static override summary = 'Fetch what a Run left in $KRUNTIME_ARTIFACTS_DIR';
  static override examples = [
    '<%= config.bin %> artifact download hello',
    '<%= config.bin %> artifact download hello report.txt site -o results',
    '<%= config.bin %> artifact download hello site -o - | tar -tz',
  ];
  static override args = {
    run: nameArg({ required: true, description: 'name of the Run; @latest is the newest' }),
    names: nameArg({ multiple: true, description: 'names of artifacts; none: all of them' }),
  };
  static override flags = {
    output: Flags.string({
      char: 'o',
      summary: 'directory for them; - is stdout, for one, where a directory is a tar.gz',
      helpValue: '<dir>',
      default: '.',
    }),
    force: Flags.boolean({ summary: 'overwrite what is there' }),
  };

  async run(): Promise<readonly ArtifactRef[]> {
    const { argv, flags } = await this.parse(ArtifactDownload);
    const [word, ...names] = argv as string[];
    const { stdout, stderr, signal, clock } = this.context;
    const toStdout = flags.output === '-';
    if (toStdout && stdout.isTTY)
      throw usageError('-o - would print a file to the terminal', 'send it on: -o - | less');
    const [name] = await expandLatest([word!], this.context);
    const cluster = await this.context.cluster();
    const { clients, namespace } = cluster;
    const run = await findRun(name!, { runs: clients.runs, namespace, signal });
    const refs = selectArtifacts(run, names);
    if (toStdout) {
      const [ref] = refs;
      if (refs.length !== 1) throw usageError('-o - is for one artifact', `name one of ${refs.length}`);
      await printArtifact(run, ref!, stdout, { clients, clock, signal });
      return refs;
    }
    if (refs.length === 0) await stderr.write(`${nothingText(run)}\n`);
    await showDownload(this.context, cluster, run, refs, { dir: flags.output, force: flags.force, paths: stdout });
    return refs;
  }
}
