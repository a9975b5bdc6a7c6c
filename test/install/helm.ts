import { execFileSync } from 'node:child_process';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { ROOT } from './objects.ts';

/** Where `test/cluster/cluster helm` builds it, after what the PATH has. */
const bin = process.env['KRT_CLUSTER_BIN'] ?? join(homedir(), '.cache/krt-cluster/bin');
const env = { PATH: [process.env['PATH'], bin].join(delimiter) };

/** Makes the suite that calls it skip, with a message, on a machine without helm. */
export function requireHelm(): void {
  before(function () {
    try {
      execFileSync('helm', ['version'], { stdio: 'ignore', env: { ...process.env, ...env } });
    } catch {
      // biome-ignore lint/suspicious/noConsole: a skip says why
      console.log('      skipped: there is no helm on this machine; `test/cluster/cluster helm` builds it');
      this.skip();
    }
  });
}

/** Runs helm in the project's root; rejects with its stderr unless told not to. */
export function runHelm(args: readonly string[], options: { reject?: boolean; kubeconfig?: string } = {}) {
  const { reject = true, kubeconfig } = options;
  // a chart that asks for a version of Kubernetes is rendered for one, not for helm's own default
  const version = args[0] === 'template' ? ['--kube-version', 'v1.37.2'] : [];
  return execa('helm', [...args, ...version], {
    cwd: ROOT,
    env: { ...env, ...(kubeconfig && { KUBECONFIG: kubeconfig }) },
    reject,
  });
}
