import { BaseCommand } from '../base-command.ts';
import { usageError } from '../errors.ts';
import { nameArg } from '../flags.ts';
import { SCRIPTS, SHELLS, type Shell } from '../services/complete/scripts.ts';

export default class Completion extends BaseCommand {
  static override summary = 'Make a shell complete words of krt, with names from the cluster';
  static override usage = `completion (${SHELLS.join(' | ')})`;
  static override description =
    'For "kubectl krt", kubectl completes words with kubectl_complete-krt, which comes with krt, where it is in the PATH.';
  static override examples = [
    "echo 'source <(<%= config.bin %> completion bash)' >> ~/.bashrc",
    "echo 'source <(<%= config.bin %> completion zsh)' >> ~/.zshrc",
    '<%= config.bin %> completion fish > ~/.config/fish/completions/krt.fish',
    '<%= config.bin %> completion powershell | Out-String | Invoke-Expression',
  ];
  static override args = { shell: nameArg({ required: true, description: 'the shell' }) };

  async run(): Promise<string> {
    const { args } = await this.parse(Completion);
    const script = SCRIPTS[args.shell as Shell];
    if (script === undefined)
      throw usageError(`krt does not know the shell "${args.shell}"`, `it knows: ${SHELLS.join(', ')}`);
    await this.context.stdout.write(script);
    return script;
  }
}
