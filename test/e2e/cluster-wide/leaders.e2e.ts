import { expect } from 'chai';
import type { Lease } from '../../../crds/client/index.ts';
import { type Recorder, record } from '../../acceptance/harness/recorder.ts';
import { sh, useWorld } from '../../acceptance/harness/world.ts';
import { useInstallation } from '../harness/installation.ts';
import { clusterClients } from '../harness/krt.ts';

describe('leader election', () => {
  useInstallation();
  const world = useWorld('leaders', { bash: { replicas: 1 } });
  const clients = clusterClients();
  const stop = new AbortController();
  let leases: Recorder<Lease>;
  before(() => {
    leases = record(clients.leases, 'krt-system', stop.signal);
  });
  after(() => {
    stop.abort();
    clients.transport.close();
  });

  /** The leader's Pod: an identity is that and a UUID; empty while nobody leads. */
  const leaderOf = (agent: string) => (leases.get(`krt-${agent}`)?.spec?.holderIdentity ?? '').replace(/_.*/, '');

  /** Kills the leader without a chance to say goodbye; resolves when another leads. */
  async function depose(agent: string): Promise<void> {
    const old = await leases.until(`a leading ${agent}`, () => leaderOf(agent));
    await clients.pods.delete(old, 'krt-system', { gracePeriodSeconds: 0 });
    await leases.until(`another leading ${agent}`, () => ![old, ''].includes(leaderOf(agent)));
  }

  it('gives the work of a killed scheduler to its stand-in', async () => {
    await depose('scheduler');
    const { status } = await world.ended(await world.submit(sh('echo hello')));
    expect(status).to.include({ phase: 'Succeeded', attempt: 1 });
  });

  it('gives the work of a killed controller to its stand-in', async () => {
    await depose('controller');
    await world.addRuntime('after', { replicas: 1 });
  });
});
