import { BaseCommand } from '../base-command.ts';
import { nameArg } from '../flags.ts';
import { expandLatest } from '../latest.ts';
import { runDetailText } from '../printers/run-detail.ts';
import { runtimeDetailText } from '../printers/runtime-detail.ts';
import { describeRun, type RunDescription } from '../services/describe/describe-run.ts';
import { describeRuntime, type RuntimeDescription } from '../services/describe/describe-runtime.ts';
import { parseTargets } from '../targets.ts';

export default class Describe extends BaseCommand {
  static override summary = 'Explain a Run: its state, why it waits, its attempts and events';
  static override usage = 'describe NAME... | run/NAME | runtime/NAME';
  static override examples = ['<%= config.bin %> describe hello', '<%= config.bin %> describe runtime/bash'];
  static override args = {
    name: nameArg({ multiple: true, required: true, description: 'names of Runs; @latest is the newest' }),
  };

  async run(): Promise<readonly (RunDescription | RuntimeDescription)[]> {
    const { argv } = await this.parse(Describe);
    const { kind, names } = parseTargets(await expandLatest(argv as string[], this.context));
    const { clock, stdout, bin, signal } = this.context;
    const { clients, namespace } = await this.context.cluster();
    const options = { now: clock.now(), colour: stdout.colour, bin };
    const described: (RunDescription | RuntimeDescription)[] = [];
    for (const [i, name] of names.entries()) {
      if (i > 0) await stdout.write('\n\n');
      const target = { clients, namespace, name, signal };
      if (kind === 'run') {
        const description = await describeRun(target);
        await stdout.write(runDetailText(description, options));
        described.push(description);
      } else {
        const description = await describeRuntime(target);
        await stdout.write(runtimeDetailText(description, options));
        described.push(description);
      }
    }
    return described;
  }
}
