import type { KubeObject } from '../../crds/v1alpha1/meta.ts';
import type { Run } from '../../crds/v1alpha1/run.ts';
import { BaseCommand } from '../base-command.ts';
import { Flags, nameArg, selectionFlags, waitFlag } from '../flags.ts';
import { expandLatest } from '../latest.ts';
import { endLine } from '../printers/run-end.ts';
import { parseWaitTargets, waitForTargets } from '../services/wait/wait-for-targets.ts';
import { parseGoal, type WaitGoal } from '../services/wait/wait-goal.ts';
import { makeProgress } from '../ui/progress.ts';
import { withWaitingLine } from '../ui/waiting-line.ts';

export default class Wait extends BaseCommand {
  static override summary = 'Wait for Runs to end, or for what else kubectl wait can wait for';
  static override usage = 'wait (RUN... | runtime/NAME... | -l SELECTOR | --all) [--for GOAL]';
  static override description =
    'Waiting for the end of one Run, krt ends with its exit code; of many, with that of the first which did not succeed.';
  static override examples = [
    '<%= config.bin %> wait hello',
    '<%= config.bin %> wait hello --timeout 5m',
    "<%= config.bin %> wait hello --for=jsonpath='{.status.phase}'=Running",
    '<%= config.bin %> wait runtime/bash --for=condition=Available',
  ];
  static override args = {
    run: nameArg({ multiple: true, description: 'names of Runs, or KIND/NAME; @latest is the newest Run' }),
  };
  static override flags = {
    for: Flags.custom<WaitGoal>({
      summary: 'terminal, delete, create, condition=TYPE[=STATUS] or jsonpath={PATH}[=VALUE]',
      helpValue: '<goal>',
      defaultHelp: async () => 'terminal',
      parse: async text => parseGoal(text),
    })(),
    timeout: waitFlag({ summary: 'give up after this (exit code 75); 0: look once', helpValue: '<duration>' }),
    selector: selectionFlags.selector,
    'field-selector': selectionFlags['field-selector'],
    all: Flags.boolean({ summary: 'all of the namespace' }),
    output: Flags.string({ char: 'o', summary: 'name: only the names', options: ['name'], helpValue: '<format>' }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Wait);
    const goal = flags.for ?? { kind: 'terminal' };
    const targets = parseWaitTargets(await expandLatest(argv as string[], this.context), flags, goal);
    const { clients, namespace } = await this.context.cluster();
    const { stdout, stderr, clock, signal } = this.context;
    const progress = makeProgress(stderr, flags.output !== undefined);
    let open: readonly string[] = targets.names;
    const lineOf = (kind: string, name: string, object: KubeObject | undefined) => {
      if (flags.output) return `${kind}/${name}`;
      return goal.kind === 'terminal' ? endLine(object as Run) : `${kind}/${name} condition met`;
    };
    const waiting = waitForTargets(targets, {
      clients,
      namespace,
      clock,
      signal,
      timeoutMs: flags.timeout,
      onResolved: names => {
        open = names;
      },
      onMet: (kind, name, object) => {
        open = open.filter(other => other !== name);
        progress.clear();
        return stdout.write(`${lineOf(kind, name, object)}\n`);
      },
    });
    const what = () => (open.length === 1 ? `${targets.kind}/${open[0]}` : `${open.length} ${targets.kind}s`);
    this.exitCode = await withWaitingLine(waiting, what, progress, this.context);
  }
}
