import type { Config } from '@oclif/core/config';

/** Shows the help of a command or topic, or of all of krt where `subject` is empty. */
export async function showHelp(config: Config, subject: string): Promise<void> {
  process.stdout.write(`${config.bin} ${subject}\n`);
}
