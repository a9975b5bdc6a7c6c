import { type Check, type Result, Skip } from './check.ts';
import { answers } from './checks/answers.ts';
import { ending } from './checks/ending.ts';
import { keeping } from './checks/keeping.ts';
import { once } from './checks/once.ts';
import { output } from './checks/output.ts';
import { programs } from './checks/programs.ts';
import type { Subject } from './subject.ts';

/** All checks, in the order in which a failed one explains those behind it. */
export const CHECKS: readonly Check[] = [...answers, ...programs, ...once, ...output, ...ending, ...keeping];

/** Makes all checks, one after the other, and tells each result as soon as it's there. */
export async function* runChecks(subject: Subject, checks = CHECKS): AsyncGenerator<Result> {
  try {
    for (const { name, about, run } of checks) {
      const message = await run(subject).then(
        () => undefined,
        (error: Error) => error,
      );
      const result = message === undefined ? 'passed' : message instanceof Skip ? 'skipped' : 'failed';
      yield { name, about, result, message: message?.message ?? '' };
    }
  } finally {
    await subject.forgetAll();
  }
}
