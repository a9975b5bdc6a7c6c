import { REASONS } from '../../crds/v1alpha1/reasons.ts';
import { type AttemptRecord, maxAttempts, phaseOf, type Run, requestsOf } from '../../crds/v1alpha1/run.ts';
import type { RunDescription } from '../services/describe/describe-run.ts';
import { sanitise } from '../terminal/sanitise.ts';
import { eventsText, type Field, fieldsText, headOf, instant, section, span, tableSection } from './detail.ts';
import { paintOf } from './phase.ts';
import { poolText } from './pool.ts';
import { plain } from './table.ts';
import { explainWaiting, quantities } from './waiting.ts';

/** What a description is printed with. */
export interface DetailOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly colour: boolean;
  /** How the user calls us: `krt` or `kubectl krt`. */
  readonly bin: string;
}

/** Lines of an inline program that are shown. */
const SCRIPT_LINES = 20;

/** One Run in full: how it stands and why, what it is, what came of it. */
export function runDetailText(description: RunDescription, { now, colour, bin }: DetailOptions): string {
  const { run, pool, events } = description;
  const waiting = explainWaiting(description, now, bin);
  const fields: Field[] = [
    ...headOf(run),
    ['Runtime', runtimeText(description)],
    ...stateOf(run),
    ['Waiting', waiting?.why],
    ['What to do', waiting?.advice],
    ...timesOf(run, now),
    ...specOf(run),
  ];
  const paint = (label: string, text: string) => (colour && label === 'Phase' ? (paintOf(text)?.(text) ?? text) : text);
  return [
    fieldsText(fields, paint),
    pool ? poolText(pool, now) : '',
    scriptText(run.spec.source?.inline),
    attemptsText(run.status?.attempts),
    outputsText(run.status?.outputs),
    artifactsText(run),
    eventsText(events, now),
  ].join('');
}

function runtimeText({ run, runtime }: RunDescription): string {
  const { runtime: name } = run.spec;
  if (runtime === 'missing') return `${name} (not there)`;
  if (!runtime?.status) return name;
  const { readyReplicas = 0, slots } = runtime.status;
  const used = slots ? `, ${slots.used} of ${slots.total} slots used` : '';
  return `${name} (${readyReplicas} of ${runtime.spec.replicas ?? 1} Pods ready${used})`;
}

function stateOf(run: Run): Field[] {
  const { attempt, reason, message, exitCode, signal, assignedPod } = run.status ?? {};
  return [
    ['Phase', phaseOf(run)],
    ['Reason', reason && `${reason}: ${REASONS[reason]?.meaning ?? 'not known to this krt'}`],
    ['Message', message || undefined],
    ['Exit Code', exitCode],
    ['Signal', signal],
    ['Cancel', run.spec.cancelRequested ? 'requested' : undefined],
    ['Attempt', attempt ? `${attempt} of ${maxAttempts(run)}` : undefined],
    ['Pod', assignedPod ?? undefined],
  ];
}

function timesOf({ metadata, status = {} }: Run, now: number): Field[] {
  const { scheduledTime, startTime, completionTime } = status;
  const created = metadata.creationTimestamp;
  const took = span(startTime, completionTime);
  return [
    ['Created', instant(created, now)],
    ['Scheduled', instant(scheduledTime, now)],
    ['Started', instant(startTime, now)],
    ['Completed', completionTime && `${instant(completionTime, now)}${took ? `, it took ${took}` : ''}`],
  ];
}

function specOf(run: Run): Field[] {
  const { source, entrypoint, args, env, timeout, retryPolicy, resources, priority, ttlSecondsAfterFinished } =
    run.spec;
  const retry = retryPolicy && [
    `up to ${maxAttempts(run)} attempts`,
    retryPolicy.backoff && `back-off ${retryPolicy.backoff}`,
    retryPolicy.retryableReasons && `on ${retryPolicy.retryableReasons.join(', ')}`,
  ];
  return [
    ['Source', source?.repoURL && `${source.repoURL} at ${source.commitSHA}`],
    ['Entrypoint', entrypoint],
    ['Args', args && args.length > 0 ? args.map(word).join(' ') : undefined],
    [
      'Env',
      env &&
        Object.entries(env)
          .map(([name, value]) => `${name}=${value}`)
          .join('\n'),
    ],
    ['Timeout', timeout],
    ['Retry', retry?.filter(Boolean).join(', ')],
    ['Requests', resources?.requests && quantities(requestsOf(run))],
    ['Priority', priority],
    ['Deleted', ttlSecondsAfterFinished === undefined ? undefined : `${ttlSecondsAfterFinished}s after its end`],
  ];
}

/** A word as a shell would need it. */
const word = (text: string) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

function scriptText(inline: string | undefined): string {
  if (inline === undefined) return '';
  const lines = sanitise(inline).replace(/\n$/, '').split('\n');
  const more = lines.length > SCRIPT_LINES ? [`... ${lines.length - SCRIPT_LINES} more lines`] : [];
  return section('Script', `${[...lines.slice(0, SCRIPT_LINES), ...more].join('\n')}\n`);
}

function attemptsText(attempts: readonly AttemptRecord[] = []): string {
  const rows = attempts.map(({ attempt, reason, exitCode, pod, startTime, completionTime }) => [
    plain(attempt),
    plain(reason),
    plain(exitCode),
    plain(pod),
    plain(span(startTime, completionTime)),
  ]);
  return tableSection('Attempts', ['NUMBER', 'REASON', 'EXIT', 'POD', 'TOOK'], rows);
}

function outputsText(outputs: Record<string, string> | undefined): string {
  const fields = Object.entries(outputs ?? {});
  return fields.length === 0
    ? ''
    : section('Outputs', fieldsText(fields.map(([key, value]) => [sanitise(key), value])));
}

function artifactsText({ status }: Run): string {
  const rows = (status?.artifactRefs ?? []).map(ref => [
    plain(ref.name),
    plain(ref.type),
    plain(ref.sizeBytes),
    plain(ref.digest),
  ]);
  return tableSection('Artifacts', ['NAME', 'TYPE', 'BYTES', 'DIGEST'], rows);
}
