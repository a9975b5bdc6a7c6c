import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The kubeconfig of a cluster where krt's agents run already; undefined: the suite starts the embedded default. */
export const CLUSTER_KUBECONFIG = process.env['KRT_ACCEPTANCE_KUBECONFIG'];

/** How long anything that is waited for may take: generous, for it is never slept through. */
export const DEADLINE_MS = CLUSTER_KUBECONFIG ? 100_000 : 30_000;

/** What mocha allows a test: more than one deadline, so that the wait tells what was missing. */
export const TEST_TIMEOUT_MS = DEADLINE_MS + 15_000;

/** The root of this project. */
export const ROOT = join(import.meta.dirname, '../../..');

/** The CLI as it is installed. */
export const KRT_BIN = join(ROOT, 'plugin/bin/run.js');

/**
 * Which Runtimes with an interpreter there are: on a cluster those whose images are on its nodes, as who runs the suite
 * says; here those whose interpreter is.
 */
export const INTERPRETERS: readonly string[] = CLUSTER_KUBECONFIG
  ? (process.env['KRT_ACCEPTANCE_RUNTIMES'] ?? '').split(' ').filter(Boolean)
  : ['python', 'node'].filter(name => isOnPath(name === 'python' ? 'python3' : name));

function isOnPath(command: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some(dir => existsSync(join(dir, command)));
}
