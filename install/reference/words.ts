import { EVENT_REASONS } from '../../agents/controller/event-reasons.ts';
import { PENDING_REASONS } from '../../crds/v1alpha1/names.ts';
import { REASONS } from '../../crds/v1alpha1/reasons.ts';
import { EXIT_MEANINGS } from '../../plugin/exit-codes.ts';
import { code, GENERATED, table } from './markdown.ts';

/** The table of exit codes, which the README has too. */
export function exitCodesTable(): string {
  return table(
    ['exit code', 'meaning'],
    EXIT_MEANINGS.map(([number, meaning]) => [number, meaning]),
  );
}

/** What krt exits with. */
export function exitCodesPage(): string {
  return `${GENERATED}# Exit codes

\`krt run\`, \`krt wait\` for one Run, and \`krt logs -f --exit-code\` exit as the program did. A program may use any code
itself: where that matters, \`krt get RUN -o jsonpath={.status.phase}\` tells apart.

${exitCodesTable()}`;
}

/** Why a Run ended, and why it waits. */
export function reasonsPage(): string {
  const ends = Object.entries(REASONS).map(([reason, { phase, retryable, meaning }]) => [
    code(reason),
    phase,
    retryable ? 'yes' : 'no',
    meaning,
  ]);
  const waits = Object.entries(PENDING_REASONS).map(([reason, meaning]) => [code(reason), meaning]);
  return `${GENERATED}# Reasons

## Why a Run, or one of its attempts, ended

\`status.reason\`, and \`status.attempts[].reason\` for each attempt. A \`retryPolicy\` that names no \`retryableReasons\`
retries those with "yes".

${table(['reason', 'phase', 'retried', 'meaning'], ends)}
## Why a Run waits

The reason of the condition \`Scheduled\` while it is \`False\`; \`krt describe RUN\` tells more.

${table(['reason', 'meaning'], waits)}`;
}

/** The Events that krt writes. */
export function eventsPage(): string {
  const rows = Object.entries(EVENT_REASONS).map(([reason, { kind, meaning }]) => [code(reason), kind, meaning]);
  return `${GENERATED}# Events

What the controller tells beside the status of an object, for \`kubectl get events\` and \`kubectl describe\`. All are
Warnings; one that comes again is counted up. A Run that goes well has none. Where the API server refuses an object or
a Pod for another reason than these, that reason is the Event's.

${table(['reason', 'of a', 'meaning'], rows)}`;
}
