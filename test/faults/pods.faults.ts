import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { isNotFound } from '../../crds/client/index.ts';
import { phaseOf, type Run } from '../../crds/v1alpha1/index.ts';
import { processesWith } from '../acceptance/harness/processes.ts';
import { becomes } from './rig/ports.ts';
import { metricsOf } from './rig/process-numbers.ts';
import { readRecord } from './rig/programs.ts';
import { CASE_TIMEOUT_MS, useWorld } from './rig/use-world.ts';

const TWO_ATTEMPTS = { retryPolicy: { maxAttempts: 2, backoff: '50ms' } };
/** Goes on for ever in the first attempt, and is done at once in the second. */
const SECOND_TIME = '[ "$KRUNTIME_ATTEMPT" -ge 2 ] || { sleep 600 & wait; }';

describe('Pods and their servers go', function () {
  this.timeout(CASE_TIMEOUT_MS);
  const world = useWorld(4);
  const programsOf = (run: Run) => processesWith(`KRUNTIME_RUN_UID=${run.metadata.uid}`);

  it('3. the executor is killed while programs run: RuntimeCrashed, a new attempt where there is one', async () => {
    const pod = await world.addPod({ name: 'crashing' });
    const lost = await world.submit('sleep 600 & wait');
    const retried = await world.submit(SECOND_TIME, TWO_ATTEMPTS);
    await Promise.all([world.started(lost), world.started(retried)]);
    pod.executor.kill();
    expect((await world.ended(lost)).status).to.include({ phase: 'Failed', reason: 'RuntimeCrashed', attempt: 1 });
    expect((await world.ended(retried)).status).to.include({ phase: 'Succeeded', attempt: 2 });
    await world.judge();
    await world.removePod(pod);
  });

  it('4. a Pod is lost and comes back under the same name: nothing is adopted', async () => {
    const first = await world.addPod({ name: 'twin' });
    const lost = await world.submit('sleep 600 & wait');
    const retried = await world.submit(SECOND_TIME, TWO_ATTEMPTS);
    await Promise.all([world.started(lost), world.started(retried)]);
    await first.crash();
    await first.forceDelete();
    const second = await world.addPod({ name: 'twin' });
    expect((await world.ended(lost)).status).to.include({ phase: 'Failed', reason: 'PodLost', attempt: 1 });
    const again = { phase: 'Succeeded', attempt: 2, assignedPod: 'twin', assignedPodUID: second.uid };
    expect((await world.ended(retried)).status).to.include(again);
    await world.judge();
    await world.removePod(first);
    await world.removePod(second);
  });

  it('10. the result of an attempt that was given up comes late: it is dropped, and counted', async () => {
    const cut = await world.addPod({ name: 'cut-off' });
    const script = '[ "$KRUNTIME_ATTEMPT" -ge 2 ] || { read -rt 0.3 _ <> <(:); exit 5; }; read -rt 1 _ <> <(:); exit 0';
    const run = await world.submit(script, TWO_ATTEMPTS);
    await world.started(run);
    cut.proxy.partition();
    await becomes('attempt 1 has ended', () => readRecord(world.dir).some(({ event }) => event === 'end'));
    const other = await world.addPod({ name: 'other' });
    await cut.forceDelete();
    await world.started(run, 2);
    cut.proxy.heal();
    expect((await world.ended(run)).status).to.include({ phase: 'Succeeded', attempt: 2, exitCode: 0 });
    const dropped = async () =>
      (await metricsOf(cut.healthPort)).includes('krt_runtimed_late_results_dropped_total 1\n');
    await becomes('the late result is dropped', dropped);
    await world.judge();
    await world.removePod(cut);
    await world.removePod(other);
  });

  it('14. a Pod is cut off for too long: it ends its programs before anybody gives their Runs away', async () => {
    const pod = await world.addPod({ name: 'island', fenceAfterSeconds: 2 });
    const run = await world.submit('sleep 600 & wait');
    await world.sees(run, 'is Running', seen => phaseOf(seen) === 'Running');
    pod.proxy.partition();
    await becomes('the program is ended', () => programsOf(run).length === 0);
    expect(phaseOf(world.history.get(run.metadata.name!)!)).to.equal('Running');
    pod.proxy.heal();
    expect((await world.ended(run)).status).to.include({ phase: 'Failed', reason: 'PodLost' });
    await world.judge();
    // and it is of use again
    await world.submit('exit 0');
    await pod.ready();
    await world.judge();
    await world.removePod(pod);
  });

  it('15. a node is drained: what can end does, the rest is told as Draining, late assignments are given back', async () => {
    const pod = await world.addPod({ name: 'drained', graceSeconds: 4 });
    const [quick, endless, moved] = await Promise.all([
      world.submit('read -rt 1 _ <> <(:); exit 4'),
      world.submit('sleep 600 & wait'),
      world.submit(SECOND_TIME, TWO_ATTEMPTS),
    ]);
    await Promise.all([quick, endless, moved].map(run => world.started(run)));
    const late = await pod.drain(async () => {
      const run = await world.submit('exit 0');
      // a scheduler that has not heard of it yet gives it to the Pod that is about to go
      await world.sees(run, 'is assigned', ({ status }) => status?.assignedPod === 'drained');
      return run;
    });
    await world.sees(quick, 'has its end', run => phaseOf(run) === 'Failed', 2000);
    const stored = [quick, endless].map(({ metadata }) => world.history.get(metadata.name!)?.status);
    expect(stored[0]).to.include({ phase: 'Failed', reason: 'ExitCode', exitCode: 4 });
    expect(stored[1]).to.include({ phase: 'Failed', reason: 'Draining' });
    await pod.forceDelete();
    const next = await world.addPod({ name: 'next' });
    expect((await world.ended(moved)).status).to.include({ phase: 'Succeeded', attempt: 2, assignedPod: 'next' });
    expect((await world.ended(late)).status).to.include({ phase: 'Succeeded', attempt: 1, assignedPod: 'next' });
    await world.judge();
    await world.removePod(pod);
    await world.removePod(next);
  });

  it('16. a Run is deleted while it runs: its processes and files go, with its Pod there or not', async () => {
    const pod = await world.addPod({ name: 'owner' });
    const filesOf = ({ metadata }: Run) =>
      readdirSync(join(pod.dir, 'workspace', 'runs')).filter(name => name.includes(metadata.uid!));
    const [deleted, orphan] = await Promise.all([world.submit('sleep 600 & wait'), world.submit('sleep 600 & wait')]);
    await Promise.all([world.started(deleted), world.started(orphan)]);
    expect(filesOf(deleted)).to.not.have.lengthOf(0);
    await world.clients.runs.delete(deleted.metadata.name!, world.namespace);
    await becomes('the program is ended', () => programsOf(deleted).length === 0, 5000);
    await becomes('its files are removed', () => filesOf(deleted).length === 0, 5000);
    await pod.crash();
    await world.clients.runs.delete(orphan.metadata.name!, world.namespace);
    await becomes('the Run is gone', () => !world.history.get(orphan.metadata.name!), 5000);
    await world.judge();
    await world.removePod(pod);
  });

  it('17. the controller is gone: a namespace with Runs in every phase can still be deleted', async () => {
    const pod = await world.addPod({ name: 'last' });
    const running = await world.submit('sleep 600 & wait');
    await world.started(running);
    await world.ended(await world.submit('exit 0'));
    for (let i = 0; i < 5; i++) await world.submit('sleep 600 & wait');
    await world.controller.agent.end();
    await pod.crash();
    await pod.forceDelete();
    await world.clients.namespaces.delete(world.namespace);
    await becomes('the namespace is gone', async () => {
      const answer = await world.clients.namespaces.get(world.namespace).catch((error: unknown) => error);
      return isNotFound(answer);
    });
    await world.judge();
  });
});
