import type { Clock } from '../../crds/client/clock.ts';
import { Alarms } from '../lib/alarms.ts';
import type { SchedulerOptions } from './options.ts';
import { type StatusPatch, waitPatch, waitsSince } from './patches.ts';
import { pendingReason, type Waits } from './pending-reason.ts';
import type { Pool } from './pool.ts';
import { readyAt, type Waiting } from './waiting.ts';

export interface ReviewerDeps {
  clock: Clock;
  signal: AbortSignal;
  options: SchedulerOptions;
  /** Called with the key of an entry that is to be looked at. */
  onDue: (key: string) => void;
  /** Writes a status that tells why an entry waits. */
  note: (entry: Waiting, patch: StatusPatch) => Promise<void>;
  /** Ends an entry that was hopeless for too long. */
  giveUp: (entry: Waiting, message: string) => void;
}

/** Knows why entries wait, tells it in their status when that takes long, and gives up on the hopeless. */
export class Reviewer {
  readonly #deps: ReviewerDeps;
  readonly #alarms: Alarms;
  readonly #notes = new Map<Waiting, Pool>();
  #noting = false;

  constructor(deps: ReviewerDeps) {
    this.#deps = deps;
    this.#alarms = new Alarms(deps);
  }

  /** Has `entry` looked at for the first time, when it has waited long enough to be worth a note. */
  begin(entry: Waiting): void {
    this.#alarms.set(entry.key, entry.since + this.#deps.options.noteAfterMs);
  }

  forget(entry: Waiting): void {
    this.#alarms.delete(entry.key);
    this.#notes.delete(entry);
  }

  /** Looks at an entry that is queued or aside: notes its reason, gives it up, or says when to look again. */
  review(entry: Waiting, pool: Pool): void {
    const { clock, options } = this.#deps;
    const now = clock.monotonic();
    const waits = this.#waits(entry, pool);
    const next: number[] = [];
    if (!waits.hopeless) entry.hopelessSince = undefined;
    else {
      entry.hopelessSince ??= now - this.#toldFor(entry, waits);
      const deadline = Math.max(entry.hopelessSince + options.unschedulableAfterMs, entry.notBefore);
      if (deadline <= now) {
        this.#deps.giveUp(entry, waits.message);
        return;
      }
      next.push(deadline);
    }
    const due = this.#noteDue(entry, waits, now);
    if (due > now) next.push(due);
    else if (waitPatch(entry.run, waits, clock.now())) this.#queueNote(entry, pool);
    if (readyAt(entry) > now) next.push(readyAt(entry));
    if (next.length > 0) this.#alarms.set(entry.key, Math.min(...next));
  }

  /** For how long the status has told this reason: a scheduler before this one may have told it. */
  #toldFor({ run }: Waiting, { reason }: Waits): number {
    const now = this.#deps.clock.now();
    return Math.max(0, now - (waitsSince(run, reason) ?? now));
  }

  /** When the reason is worth a write; a reason that is new may be over in this very turn. */
  #noteDue(entry: Waiting, { reason }: Waits, now: number): number {
    const { noteQueuedAfterMs, noteAfterMs } = this.#deps.options;
    if (entry.reason !== undefined && entry.reason !== reason) entry.reasonSince = now;
    entry.reason = reason;
    // a queue behind busy slots is told later than what somebody may have to mend
    const patience = reason === 'NoFreeSlot' ? noteQueuedAfterMs : noteAfterMs;
    return Math.max(entry.reasonSince, entry.notBefore) + patience;
  }

  isHopeless(entry: Waiting, pool: Pool): boolean {
    return this.#waits(entry, pool).hopeless;
  }

  #waits(entry: Waiting, pool: Pool): Waits {
    return pendingReason(entry, entry.backOffEnd > this.#deps.clock.monotonic(), pool);
  }

  #queueNote(entry: Waiting, pool: Pool): void {
    this.#notes.set(entry, pool);
    if (this.#noting) return;
    this.#noting = true;
    this.#writeNotes().then(
      () => {
        this.#noting = false;
      },
      () => undefined, // only the signal ends it
    );
  }

  /** One at a time; what has changed since an entry was queued counts, not what it was queued for. */
  async #writeNotes(): Promise<void> {
    const { clock, signal, options, note } = this.#deps;
    for (const [entry, pool] of this.#notes) {
      this.#notes.delete(entry);
      const idle = entry.place === 'queued' || entry.place === 'aside';
      const patch = idle && waitPatch(entry.run, this.#waits(entry, pool), clock.now());
      if (!patch) continue;
      await note(entry, patch);
      await clock.sleep(options.noteIntervalMs, signal);
    }
  }
}
