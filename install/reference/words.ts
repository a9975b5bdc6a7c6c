import { EVENT_REASONS } from '../../agents/controller/event-reasons.ts';
import { PENDING_REASONS } from '../../crds/v1alpha1/names.ts';
import { REASONS } from '../../crds/v1alpha1/reasons.ts';
import { EXIT_MEANINGS } from '../../plugin/exit-codes.ts';
import { EVENT_FIELDS, RUN_EVENTS } from '../../plugin/services/run/run-event.ts';
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

/** What `krt run --json` prints. */
export function runEventsPage(): string {
  const types = Object.entries(RUN_EVENTS).map(([type, { meaning, fields }]) => [
    code(type),
    meaning,
    fields.map(code).join(', '),
  ]);
  const fields = Object.entries(EVENT_FIELDS).map(([field, meaning]) => [code(field), meaning]);
  return `${GENERATED}# Events of krt run --json

For programs that watch a Run: stdout has one JSON object a line (NDJSON) as each thing happens, and nothing else. Words
for people go to stderr, and krt exits as it does without \`--json\`. It works with \`--wait\` (no output of the program)
and \`--detach\` (the Run is made, and that is all); \`--dry-run\` and \`-o\` have nothing to tell as it happens. \`krt rerun\`
has it too.

All events have \`type\`, \`time\`, \`run\`, \`namespace\` and \`uid\`. \`created\` is the first; \`finished\` or \`deleted\` the last. A
stream that ends without either was interrupted or broke off: the exit code and stderr say why, and the Run goes on. Of
one attempt, \`scheduled\` comes before \`running\`, and that before its lines, which stand in their order; \`time\` comes
from several clocks, and need not rise. Types and fields may be added: pass over what you do not know. Fields that are
here keep their names and meanings.

${table(['type', 'when', 'fields of its own'], types)}
${table(['field', 'what it holds'], fields)}`;
}
