import type { Config } from '@oclif/core/config';
import { commandHelp } from './help/command-help.ts';
import { rootHelp, topicHelp } from './help/root-help.ts';

/** The help of a command or topic, or of all of krt where `subject` is empty, for a terminal of that width. */
export function helpText(config: Config, subject: string, columns: number): string {
  const command = config.findCommand(subject);
  if (command) return commandHelp(command, config.bin, columns);
  return subject === '' ? rootHelp(config, columns) : topicHelp(subject, config, columns);
}
