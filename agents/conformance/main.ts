import { systemClock } from '../lib/clock.ts';
import { openSubject } from './open-subject.ts';
import { runChecks } from './run-checks.ts';
import { readSettings } from './settings.ts';

const tell = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

try {
  const { subject, close } = await openSubject(readSettings(process.env), systemClock);
  try {
    for await (const result of runChecks(subject)) tell(result);
  } finally {
    await close();
  }
} catch (error) {
  tell({ error: (error as Error).message });
  process.exitCode = 1;
}
