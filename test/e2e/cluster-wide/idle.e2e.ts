import { expect } from 'chai';
import { systemClock } from '../../../agents/lib/clock.ts';
import { sh, useWorld } from '../../acceptance/harness/world.ts';
import { useInstallation } from '../harness/installation.ts';
import { kubectl } from '../harness/krt.ts';

const IDLE_MS = 60_000;
/** What krt writes, and what would tell of a write to it; Leases are renewed every few seconds, which is their point. */
const WRITTEN = 'runs|runtimes|deployments|serviceaccounts|roles|rolebindings|networkpolicies|events';

describe('krt at rest', () => {
  useInstallation();
  const world = useWorld('idle', { bash: { replicas: 2 } });

  it('writes nothing in a minute', async function () {
    this.timeout(IDLE_MS + 120_000);
    const name = await world.submit(sh('echo hello'));
    await world.ended(name);
    await nothingGoes();
    // what the Run led to, such as the number of used slots, is told within seconds
    await systemClock.sleep(15_000);
    const [objects, requests] = [await versions(), await writeRequests()];
    expect([...requests.keys()].join('\n'), 'writes of Runs are counted').to.include('resource="runs"');
    await systemClock.sleep(IDLE_MS);
    expect(changed(objects, await versions())).to.deep.equal([]);
    // a write that changes nothing leaves no trace on the object, but it is counted
    expect(changed(requests, await writeRequests())).to.deep.equal([]);
  });

  /** resourceVersions of all that a namespace of krt holds. */
  async function versions(): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    const kinds =
      'runs,runtimes,deployments,replicasets,pods,serviceaccounts,roles,rolebindings,networkpolicies,services,poddisruptionbudgets,configmaps,events';
    for (const namespace of [world.namespace, 'krt-system']) {
      const { items } = JSON.parse(await kubectl(['get', kinds, '-n', namespace, '-o', 'json'])) as {
        items: { kind: string; metadata: { name: string; resourceVersion: string } }[];
      };
      for (const { kind, metadata } of items)
        found.set(`${namespace} ${kind}/${metadata.name}`, metadata.resourceVersion);
    }
    return found;
  }
});

/** Resolves when no namespace of a suite before is still being deleted, with all that was in it. */
async function nothingGoes(): Promise<void> {
  const going = 'jsonpath={.items[?(@.status.phase=="Terminating")].metadata.name}';
  while ((await kubectl(['get', 'namespaces', '-o', going])) !== '') await systemClock.sleep(500);
}

/** How often the API server was asked to write each resource, by its metric. */
async function writeRequests(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const pattern = new RegExp(
    `^(apiserver_request_total\\{.*resource="(${WRITTEN})".*verb="(POST|PUT|PATCH|DELETE)".*\\}) (.*)$`,
  );
  for (const line of (await kubectl(['get', '--raw', '/metrics'])).split('\n')) {
    const [, series, , , count] = pattern.exec(line) ?? [];
    if (series) found.set(series, count!);
  }
  return found;
}

function changed(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter(name => before.get(name) !== after.get(name));
}
