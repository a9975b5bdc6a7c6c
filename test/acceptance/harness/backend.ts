import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnv, type Embedded, startEmbedded } from './embedded.ts';
import { CLUSTER_KUBECONFIG, TEST_TIMEOUT_MS } from './settings.ts';

/** The cluster that the suite speaks to. */
export interface Backend {
  readonly kubeconfig: string;
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
}

let started: Promise<Backend> | undefined;
let end: (() => Promise<void>) | undefined;

/** The one backend of all acceptance suites, started by the first that asks. */
export function backend(): Promise<Backend> {
  started ??= CLUSTER_KUBECONFIG ? takeCluster(CLUSTER_KUBECONFIG) : startDefault();
  return started;
}

async function takeCluster(kubeconfig: string): Promise<Backend> {
  const home = await mkdtemp(join(tmpdir(), 'krt-acceptance-'));
  end = () => rm(home, { recursive: true, force: true });
  return { kubeconfig, home, env: cleanEnv(home) };
}

async function startDefault(): Promise<Backend> {
  const embedded: Embedded = await startEmbedded();
  end = () => embedded.end();
  return embedded;
}

// imported while mocha loads files, outside of any suite: a hook of the root, which runs after the last suite
after(async function () {
  this.timeout(TEST_TIMEOUT_MS);
  await end?.();
});
