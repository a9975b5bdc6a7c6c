import type { Clock } from '../../../crds/client/clock.ts';
import { findCondition } from '../../../crds/v1alpha1/conditions.ts';
import { CONDITIONS } from '../../../crds/v1alpha1/names.ts';
import { type AttemptRecord, isTerminal, phaseOf, type Run } from '../../../crds/v1alpha1/run.ts';
import type { LogRecord } from '../logs/log-record.ts';
import type { MissingOutput } from '../logs/read-run.ts';
import type { RunEvent } from './run-event.ts';

/** Is told of all that attaching to a Run sees. */
export interface RunObserver {
  /** Another copy of the Run; also the first one. */
  changed(run: Run): void;
  /** A record of its output; absent: output is not wanted. */
  readonly output?: ((record: LogRecord) => Promise<void> | undefined) | undefined;
  /** Output that can't be shown; without an attempt: none of it. */
  missing(missing: Omit<MissingOutput, 'attempt'> & { readonly attempt?: number }): void;
}

/** Where events go; a promise asks to wait until more is taken. */
export type TellEvent = (event: RunEvent) => Promise<void>;

type WithoutHappened<E> = E extends unknown ? Omit<E, 'time' | 'run' | 'namespace' | 'uid'> : never;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Makes events of the copies of a Run and of its output; each is told once, `end` tells the last. */
export class RunEvents implements RunObserver {
  readonly output: RunObserver['output'];
  readonly #tell: TellEvent;
  readonly #clock: Clock;
  readonly #told = new Set<string>();
  #run: Run | undefined;

  constructor(tell: TellEvent, { clock, withOutput }: { readonly clock: Clock; readonly withOutput: boolean }) {
    this.#tell = tell;
    this.#clock = clock;
    this.output = withOutput ? record => this.#line(record) : undefined;
  }

  changed(run: Run): void {
    const isFirst = this.#run === undefined;
    this.#run = run;
    const { status = {}, spec, metadata } = run;
    const { attempt = 0, attempts = [], assignedPod } = status;
    if (isFirst) void this.#happened(metadata.creationTimestamp, { type: 'created', runtime: spec.runtime });
    for (const record of attempts) {
      if (record.attempt < attempt || !isTerminal(run)) this.#retried(record, run);
    }
    if (phaseOf(run) === 'Pending') this.#waiting(run);
    else if (assignedPod) this.#assigned(run, attempt, assignedPod);
  }

  missing({ attempt, why }: Parameters<RunObserver['missing']>[0]): void {
    void this.#happened(undefined, { type: 'incomplete', attempt, message: why });
  }

  /** Tells how `run`, to which nothing more will happen, has ended. */
  async end(run: Run): Promise<void> {
    this.changed(run);
    if (!isTerminal(run)) return this.#happened(undefined, { type: 'deleted' });
    const { attempt, reason, exitCode, signal, message, completionTime, outputs = {}, artifactRefs } = run.status!;
    const happened = { attempt, reason, exitCode, signal, message, outputs };
    const artifacts = (artifactRefs ?? []).map(({ name, type, sizeBytes, digest }) => ({
      name,
      type,
      sizeBytes,
      digest,
    }));
    await this.#happened(completionTime, { type: 'finished', phase: phaseOf(run), ...happened, artifacts });
  }

  #waiting({ status }: Run): void {
    const condition = findCondition(status?.conditions, CONDITIONS.scheduled);
    if (condition?.status !== 'False') return;
    const { reason, message, lastTransitionTime } = condition;
    const key = `waiting ${status?.attempt ?? 0} ${reason} ${message}`;
    this.#once(key, lastTransitionTime, { type: 'waiting', reason, message });
  }

  #assigned({ status: { scheduledTime, startTime, assignedPodUID } = {} }: Run, attempt: number, pod: string): void {
    // one that is given back unstarted is scheduled again, as the same attempt
    this.#once(`scheduled ${attempt} ${assignedPodUID}`, scheduledTime, { type: 'scheduled', attempt, pod });
    if (startTime) this.#once(`running ${attempt}`, startTime, { type: 'running', attempt });
  }

  #retried({ attempt, reason, exitCode, completionTime }: AttemptRecord, { status }: Run): void {
    const nextAttemptTime = status?.nextAttemptTime ?? undefined;
    this.#once(`retried ${attempt}`, completionTime, { type: 'retried', attempt, reason, exitCode, nextAttemptTime });
  }

  #line({ time, attempt, stream, seq, data, endsLine }: LogRecord): Promise<void> | undefined {
    if (stream === 'end') return undefined;
    // of a short program the output may be there before the status tells that it started
    this.#once(`running ${attempt}`, time, { type: 'running', attempt });
    const partial = endsLine ? undefined : true;
    const text = messageOf(endsLine ? data.subarray(0, -1) : data);
    return this.#happened(time, { type: 'log', attempt, stream, seq, ...text, partial });
  }

  #once(key: string, time: string | null | undefined, event: WithoutHappened<RunEvent>): void {
    if (this.#told.has(key)) return;
    this.#told.add(key);
    void this.#happened(time, event);
  }

  #happened(time: string | null | undefined, { type, ...fields }: WithoutHappened<RunEvent>): Promise<void> {
    const { name = '', namespace = '', uid = '' } = this.#run!.metadata;
    const when = time ?? new Date(this.#clock.now()).toISOString();
    return this.#tell({ type, time: when, run: name, namespace, uid, ...fields } as RunEvent);
  }
}

function messageOf(data: Buffer): { message: string; encoding?: 'base64' } {
  try {
    return { message: utf8.decode(data) };
  } catch {
    return { message: data.toString('base64'), encoding: 'base64' }; // bytes of a program need not be text
  }
}
