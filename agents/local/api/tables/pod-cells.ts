import { age, humanDuration } from '../../../../crds/v1alpha1/age.ts';
import { type ApiObject, isObject, type JsonObject, objectsIn, valueAt } from '../object.ts';

/** Cells of a Pod's row: name, ready, status, restarts, age, IP, node, nominated node, readiness gates. */
export function podCells(pod: ApiObject, now: number): unknown[] {
  const statuses = objectsIn(valueAt(pod, ['status', 'containerStatuses']));
  const total = objectsIn(valueAt(pod, ['spec', 'containers'])).length;
  const ready = statuses.filter(status => status['ready'] === true).length;
  return [
    pod.metadata.name,
    `${ready}/${total}`,
    podStatus(pod, statuses),
    restarts(statuses, now),
    age(pod.metadata.creationTimestamp, now),
    valueAt(pod, ['status', 'podIP']) ?? '<none>',
    valueAt(pod, ['spec', 'nodeName']) ?? '<none>',
    valueAt(pod, ['status', 'nominatedNodeName']) ?? '<none>',
    '<none>',
  ];
}

/** The STATUS column: the phase, or what the last troubled container waits for or died of. */
function podStatus(pod: ApiObject, statuses: readonly JsonObject[]): string {
  const phase = valueAt(pod, ['status', 'phase']) ?? 'Pending';
  let status = String(valueAt(pod, ['status', 'reason']) ?? phase);
  let running = false;
  for (const container of statuses.toReversed()) {
    const waiting = valueAt(container, ['state', 'waiting', 'reason']);
    const ended = valueAt(container, ['state', 'terminated']);
    if (waiting) status = String(waiting);
    else if (isObject(ended)) status = endedText(ended);
    else if (container['ready'] === true && valueAt(container, ['state', 'running'])) running = true;
  }
  if (status === 'Completed' && running) status = 'Running';
  return pod.metadata.deletionTimestamp ? 'Terminating' : status;
}

function endedText(ended: JsonObject): string {
  if (ended['reason']) return String(ended['reason']);
  return ended['signal'] ? `Signal:${ended['signal']}` : `ExitCode:${ended['exitCode']}`;
}

/** `3 (5m ago)`, or the number alone where the last end is not known. */
function restarts(statuses: readonly JsonObject[], now: number): string {
  const count = statuses.reduce((sum, status) => sum + Number(status['restartCount'] ?? 0), 0);
  const ends = statuses.map(status => Date.parse(String(valueAt(status, ['lastState', 'terminated', 'finishedAt']))));
  const last = Math.max(...ends.filter(end => !Number.isNaN(end)));
  return count > 0 && Number.isFinite(last) ? `${count} (${humanDuration(now - last)} ago)` : String(count);
}
