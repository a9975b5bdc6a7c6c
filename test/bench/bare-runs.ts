import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { finishStatus } from '../../agents/runtimed/status/run-status.ts';
import { bindPatch } from '../../agents/scheduler/patches.ts';
import { ApiError, type Transport } from '../../crds/client/index.ts';
import { makeResourceClient } from '../../crds/client/kube-resource-client.ts';
import { RESOURCES, type ResourceInfo } from '../../crds/client/resources.ts';
import type { Run } from '../../crds/v1alpha1/index.ts';
import { ROOT } from '../acceptance/harness/settings.ts';
import { echoRun } from './echo-run.ts';

/** Runs under another group: the same schema and rules on the same server, and no agent that looks at them. */
const BARE: ResourceInfo = { ...RESOURCES.runs, group: 'bench.kruntimes.io' };
const CRDS: ResourceInfo = {
  ...{ group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions' },
  ...{ kind: 'CustomResourceDefinition', namespaced: false },
};
const CRD_NAME = `${BARE.plural}.${BARE.group}`;
const POD = { name: 'krt-runtime-bash-6b8f9c7d54-x2x9z', uid: '8e1c6a8e-5a55-4a6e-9a49-3d1a0f0a7c11' };

/** What a Run costs at the least: its three writes, by one client and without any agent. */
export interface BareRuns {
  /** Creates, binds and finishes a Run of that name, each as the agents would write it. */
  write(name: string): Promise<void>;
  remove(): Promise<void>;
}

/** Has the server take bare Runs. */
export async function makeBareRuns(transport: Transport, namespace: string): Promise<BareRuns> {
  const crds = makeResourceClient(transport, CRDS);
  const client = makeResourceClient<Run>(transport, BARE);
  const patchStatus = (run: Run, status: object) => {
    const patch = { metadata: { resourceVersion: run.metadata.resourceVersion }, status };
    return client.patch(run.metadata.name!, namespace, patch, { subresource: 'status' });
  };
  await crds.create(bareCrd());
  await served(() => client.list(namespace, { limit: 1 }));
  return {
    async write(name) {
      const created = await client.create(echoRun(name, namespace));
      const bound = await patchStatus(created, bindPatch(created, POD, Date.now()));
      await patchStatus(bound, finishOf(bound));
    },
    remove: () => crds.delete(CRD_NAME),
  };
}

function bareCrd() {
  const crd = parse(readFileSync(join(ROOT, 'crds/kruntimes.io_runs.yaml'), 'utf8'));
  const { plural, kind } = BARE;
  return { metadata: { name: CRD_NAME }, spec: { ...crd.spec, group: BARE.group, names: { plural, kind } } };
}

function finishOf(run: Run): object {
  const { name = '', namespace = '', uid = '' } = run.metadata;
  const now = Date.now();
  const attempt = {
    ...{ id: `${uid}.1`, uid, name, namespace },
    runtime: run.spec.runtime,
    attempt: 1,
    startedAt: now,
  };
  const result = { reason: 'Completed', exitCode: 0, startedAt: now, endedAt: now, lines: 1 } as const;
  return finishStatus(run, { attempt, result, pod: { ...POD, namespace }, random: 0 });
}

/** A new kind is served some time after its CRD is stored. */
async function served(ask: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await ask();
      return;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404 || tries > 100) throw error;
    }
    await sleep(100);
  }
}
