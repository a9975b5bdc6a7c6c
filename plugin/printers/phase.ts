import { Chalk } from 'chalk';
import type { RunPhase } from '../../crds/v1alpha1/run.ts';

const chalk = new Chalk({ level: 1 });

const COLOURS: Record<RunPhase, (text: string) => string> = {
  Pending: chalk.yellow,
  Scheduled: chalk.yellow,
  Running: chalk.cyan,
  Succeeded: chalk.green,
  Failed: chalk.red,
  Timeout: chalk.red,
  Cancelled: chalk.gray,
};

/** What colours the text of a phase on a terminal; undefined for a phase that is none of ours. */
export function paintOf(phase: string): ((text: string) => string) | undefined {
  return (COLOURS as Record<string, (text: string) => string>)[phase];
}
