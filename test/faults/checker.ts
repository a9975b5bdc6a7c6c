import type { Run } from '../../crds/v1alpha1/index.ts';
import { isTerminal, maxAttempts, phaseOf } from '../../crds/v1alpha1/index.ts';

/** One line that a program under test wrote about itself: see rig/programs.ts. */
export interface ExecutorLine {
  readonly uid: string;
  readonly attempt: number;
  /** `overlap`: it found another process of its Run alive. */
  readonly event: 'start' | 'end' | 'overlap';
  /** UID of the Pod that it ran on. */
  readonly pod: string;
  /** What it exited with; `end` only. */
  readonly code?: number | undefined;
}

/** All that can be known of some Runs from outside. */
export interface History {
  /** Every version of every Run that the watch told, in its order. */
  readonly versions: readonly Run[];
  /** UIDs of Runs that are gone, with how many versions (of all Runs) were told before. Those of a person need not have ended; those whose time to live was over must. */
  readonly deleted: ReadonlyMap<string, number>;
  readonly lines: readonly ExecutorLine[];
  /** How many Runs a Pod may have. */
  readonly slotsPerPod: number;
  /** Two schedulers at once may assign too much (each write is guarded, slots are not); what executes never may. */
  readonly assignsPrecisely?: boolean;
  /** Processes of ended Runs that were alive five seconds after. */
  readonly survivors: readonly string[];
}

/** A promise that was broken: which, by whom, and how. */
export interface Breach {
  readonly invariant: 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6';
  readonly run: string;
  readonly what: string;
}

/** Every breach in the history; an empty list is what the promise says. */
export function check(history: History): Breach[] {
  const runs = Map.groupBy(history.versions, ({ metadata }) => metadata.uid ?? '');
  const lines = Map.groupBy(history.lines, ({ uid }) => uid);
  const breaches: Breach[] = [];
  for (const [uid, versions] of runs) {
    const own = lines.get(uid) ?? [];
    const tell = (invariant: Breach['invariant'], what: string) => {
      breaches.push({ invariant, run: `${versions[0]!.metadata.name} ${uid}`, what });
    };
    for (const what of endings(versions)) tell('I1', what);
    for (const what of starts(versions.at(-1)!, own)) tell('I2', what);
    for (const what of exitCodes(versions.at(-1)!, own)) tell('I4', what);
    const last = versions.at(-1)!;
    const mayVanish = history.deleted.has(uid) && last.spec.ttlSecondsAfterFinished === undefined;
    if (!isTerminal(last) && !mayVanish) tell('I6', `is still ${phaseOf(last)}`);
    if (isTerminal(last) && !last.status?.reason) tell('I6', `is ${phaseOf(last)} without a reason`);
  }
  for (const uid of lines.keys()) {
    if (!runs.has(uid)) breaches.push({ invariant: 'I2', run: uid, what: 'was executed, and nobody ever saw it' });
  }
  breaches.push(...crowds(history));
  for (const what of history.survivors) breaches.push({ invariant: 'I5', run: '', what: `still alive: ${what}` });
  return breaches;
}

/** I1: a Run ends once, and nothing about its end changes after. */
function* endings(versions: readonly Run[]): Generator<string> {
  let end: Run | undefined;
  for (const version of versions) {
    if (!end) {
      if (isTerminal(version)) end = version;
      continue;
    }
    const [was, is] = [end, version].map(run => `${phaseOf(run)}/${run.status?.reason}/${run.status?.exitCode}`);
    if (was !== is) yield `went on after its end: from ${was} to ${is}`;
  }
}

/** I2: each attempt starts once at most, attempts never overlap, and there are no more than were allowed. */
function* starts(run: Run, lines: readonly ExecutorLine[]): Generator<string> {
  const started = lines.filter(({ event }) => event === 'start').map(({ attempt }) => attempt);
  for (const [attempt, times] of Map.groupBy(started, each => each)) {
    if (times.length > 1) yield `attempt ${attempt} was started ${times.length} times`;
  }
  const most = Math.max(0, ...started, run.status?.attempt ?? 0);
  if (most > maxAttempts(run)) yield `attempt ${most} of ${maxAttempts(run)}`;
  if (started.some((attempt, i) => i > 0 && attempt < started[i - 1]!)) yield `attempts out of order: ${started}`;
  for (const { event, attempt } of lines) {
    if (event === 'overlap') yield `attempt ${attempt} met another that was alive`;
  }
}

/** I4: what the status says of the program's end is what the program said. */
function* exitCodes(run: Run, lines: readonly ExecutorLine[]): Generator<string> {
  if (!isTerminal(run)) return;
  const { reason, exitCode, attempt } = run.status ?? {};
  if (reason !== 'Completed' && reason !== 'ExitCode') return;
  const end = lines.find(line => line.event === 'end' && line.attempt === attempt);
  if (!end) yield `${reason}, though attempt ${attempt} never came to its end`;
  else if (end.code !== exitCode) yield `exitCode is ${exitCode}, and the program exited with ${end.code}`;
}

/** I3: neither assignments nor programs that run ever exceed a Pod's slots. */
function* crowds({ versions, deleted, lines, slotsPerPod, assignsPrecisely = true }: History): Generator<Breach> {
  const assigned = new Map<string, string>();
  for (const [i, run] of (assignsPrecisely ? versions : []).entries()) {
    for (const uid of assigned.keys()) if ((deleted.get(uid) ?? Number.POSITIVE_INFINITY) <= i) assigned.delete(uid);
    const active = phaseOf(run) === 'Scheduled' || phaseOf(run) === 'Running';
    const pod = active ? (run.status?.assignedPodUID ?? '') : '';
    const uid = run.metadata.uid ?? '';
    if (pod === (assigned.get(uid) ?? '')) continue;
    if (pod) assigned.set(uid, pod);
    else assigned.delete(uid);
    const count = pod ? [...assigned.values()].filter(each => each === pod).length : 0;
    if (count > slotsPerPod) {
      yield { invariant: 'I3', run: run.metadata.name ?? '', what: `is one of ${count} assigned to Pod ${pod}` };
    }
  }
  // of an attempt that was killed nobody knows when: only those that came to their end are counted
  const key = ({ uid, attempt }: ExecutorLine) => `${uid}.${attempt}`;
  const whole = new Set(lines.filter(({ event }) => event === 'end').map(key));
  const running = new Map<string, number>();
  for (const line of lines) {
    if (!whole.has(key(line)) || line.event === 'overlap') continue;
    const count = (running.get(line.pod) ?? 0) + (line.event === 'start' ? 1 : -1);
    running.set(line.pod, count);
    if (count > slotsPerPod) yield { invariant: 'I3', run: line.uid, what: `is one of ${count} on Pod ${line.pod}` };
  }
}
