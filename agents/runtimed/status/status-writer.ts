import type { Logger } from 'pino';
import type { ResourceClient } from '../../../crds/client/resource-client.ts';
import type { Run } from '../../../crds/v1alpha1/run.ts';
import type { Clock } from '../../lib/clock.ts';
import { readUntilAnswered, writeStatus } from '../../lib/guarded-status.ts';
import type { Attempt, AttemptResult } from '../attempt.ts';
import type { Metrics } from '../metrics.ts';
import {
  finishStatus,
  handBackStatus,
  type PodIdentity,
  runningStatus,
  type StatusPatch,
  standingOf,
} from './run-status.ts';

/** What became of a write: it stands in the status, or another hand was first, or the Run is gone. */
export type WriteEnd = 'stored' | 'taken' | 'gone';

/** What writing needs. */
export interface StatusWriterOptions {
  readonly runs: ResourceClient<Run>;
  readonly pod: PodIdentity;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn' | 'error'>;
  readonly metrics: Pick<Metrics, 'writes' | 'dropped'>;
  readonly random: () => number;
  /** Ends all writing: the process ends, and what was not stored stays in the journal. */
  readonly signal: AbortSignal;
}

/** An attempt and the newest copy of its Run; undefined: to be read first. */
export interface WriteTarget {
  readonly attempt: Attempt;
  run: Run | undefined;
}

const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 10_000;

/** The only writer of Run statuses in this process; each write is decided on the copy whose version guards it. */
export class StatusWriter {
  readonly #options: StatusWriterOptions;

  constructor(options: StatusWriterOptions) {
    this.#options = options;
  }

  /** Tells that the program is going. Given up when `signal` aborts; then whether it was stored is not known. */
  running(target: WriteTarget, signal: AbortSignal): Promise<WriteEnd> {
    const { startedAt } = target.attempt;
    return this.#write('running', target, signal, run =>
      run.status?.phase === 'Running' ? undefined : runningStatus(startedAt),
    );
  }

  /** Tells how the attempt ended, once; goes on until the API server has it or another hand was first. */
  async finish(target: WriteTarget, result: AttemptResult): Promise<WriteEnd> {
    const { pod, random, metrics, log, signal } = this.#options;
    const { attempt } = target;
    // thrown once, so that a decision made again gives the same instant
    const chance = random();
    const decide = (run: Run) => finishStatus(run, { attempt, result, pod, random: chance });
    const end = await this.#write('finish', target, signal, decide, result);
    if (end === 'taken') {
      metrics.dropped.inc();
      log.warn({ run: attempt.name, attempt: attempt.attempt, reason: result.reason }, 'a late result was dropped');
    }
    return end;
  }

  /** Gives back an assignment that was never started. */
  handBack(target: WriteTarget): Promise<WriteEnd> {
    const { pod, clock, signal } = this.#options;
    return this.#write('handBack', target, signal, run => handBackStatus(run, pod, clock.now()));
  }

  async #write(
    write: string,
    target: WriteTarget,
    signal: AbortSignal,
    decide: (run: Run) => StatusPatch | undefined,
    result?: AttemptResult,
  ): Promise<WriteEnd> {
    const { runs: client, clock, pod, metrics, log } = this.#options;
    const writer = { client, clock, signal };
    const { attempt } = target;
    target.run ??= await readUntilAnswered(writer, targetOf(attempt));
    for (let delay = FIRST_DELAY_MS; ; delay = Math.min(delay * 2, LONGEST_DELAY_MS)) {
      const { run } = target;
      if (!run) return this.#count(write, 'gone');
      const standing = standingOf(run, attempt, pod, result);
      if (standing !== 'open') return this.#count(write, standing === 'told' ? 'stored' : 'taken');
      const patch = decide(run);
      if (!patch) return 'stored';
      const written = await writeStatus(writer, run, patch);
      target.run = written.object;
      if (written.outcome === 'written') return this.#count(write, 'stored');
      metrics.writes.inc({ write, outcome: written.outcome });
      if (written.outcome === 'refused') {
        // no right now (token, quota, RBAC in change) or a defect of ours: never a reason to forget a result
        log.error({ run: attempt.name, attempt: attempt.attempt, err: written.error }, 'the status was refused');
      } else if (written.object?.metadata.resourceVersion !== run.metadata.resourceVersion) {
        continue; // a newer copy: decide again at once
      }
      await clock.sleep(delay, signal);
    }
  }

  #count(write: string, outcome: WriteEnd): WriteEnd {
    this.#options.metrics.writes.inc({ write, outcome });
    return outcome;
  }
}

/** As much of a Run as reading it takes. */
export function targetOf({ name, namespace, uid, runtime }: Attempt): Run {
  return { metadata: { name, namespace, uid }, spec: { runtime } };
}
