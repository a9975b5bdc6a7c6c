import { BaseCommand } from '../../base-command.ts';
import { nameArg } from '../../flags.ts';
import { runtimeDetailText } from '../../printers/runtime-detail.ts';
import { describeRuntime, type RuntimeDescription } from '../../services/describe/describe-runtime.ts';
import { parseNames } from '../../targets.ts';

export default class RuntimeDescribe extends BaseCommand {
  static override summary = 'Explain a Runtime: its state, its Pods, what it runs, its events';
  static override examples = ['<%= config.bin %> runtime describe bash'];
  static override args = { name: nameArg({ required: true, description: 'name of the Runtime' }) };

  async run(): Promise<RuntimeDescription> {
    const { args } = await this.parse(RuntimeDescribe);
    const [name] = parseNames([args.name], 'runtime');
    const { clients, namespace } = await this.context.cluster();
    const description = await describeRuntime({ clients, namespace, name: name!, signal: this.context.signal });
    const { clock, stdout, bin } = this.context;
    await stdout.write(runtimeDetailText(description, { now: clock.now(), colour: stdout.colour, bin }));
    return description;
  }
}
