import { join } from 'node:path';
import { BaseCommand } from '../../base-command.ts';
import { dataFlag, repeated } from '../../flags.ts';
import { type UpResult, upText } from '../../printers/local.ts';
import { dataText } from '../../ui/data-text.ts';
import { makeProgress } from '../../ui/progress.ts';

export default class LocalUp extends BaseCommand {
  static override summary = 'Start krt on this machine alone, without a cluster';
  static override description =
    'Starts a small Kubernetes API server with the agents of krt in one process of your own; Runtime Pods are processes ' +
    'beside it. It is for trying krt, writing scripts and tests: programs are as little kept apart as any of yours. All ' +
    'state is in ~/.krt (KRT_HOME), and stays when it is taken down.';
  static override examples = ['<%= config.bin %> local up --runtime bash', '<%= config.bin %> local up'];
  static override flags = {
    runtime: repeated({ summary: 'create this built-in Runtime and wait for it (repeatable)', helpValue: '<name>' }),
    output: dataFlag(),
  };

  async run(): Promise<UpResult> {
    const { flags } = await this.parse(LocalUp);
    const { krtHome: home, env, signal, clock, stdout, stderr, bin, version } = this.context;
    const { root } = this.config;
    const [{ bringUp }, { readRuntimes }] = await Promise.all([
      import('../../services/local/bring-up.ts'),
      import('../../services/local/built-in-runtimes.ts'),
    ]);
    const runtimes = await readRuntimes(join(root, 'install/runtimes'), flags.runtime ?? []);
    const progress = makeProgress(stderr, flags.output !== undefined);
    const bundle = join(root, 'dist/agents/local.js');
    const namespace = this.context.namespaceFlag ?? 'default';
    const result = await bringUp({ home, bundle, env, signal, clock, version, namespace, runtimes, progress }).finally(
      () => progress.clear(),
    );
    if (flags.output) await stdout.write(await dataText(result, flags.output));
    else await stdout.write(upText(result, { bin, version, namespace, isChosen: await this.#isChosen(result) }));
    return result;
  }

  /** Whether krt and kubectl speak to the embedded default as things are. */
  async #isChosen({ server }: UpResult): Promise<boolean> {
    try {
      return new URL((await this.context.cluster()).server).host === new URL(server).host;
    } catch {
      return false; // they have a kubeconfig that is of no use, which is theirs to tell
    }
  }
}
