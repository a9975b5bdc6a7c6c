import { INSTALL_TIMEOUT_MS, install, uninstall } from './krt.ts';

let installed: Promise<void> | undefined;

/** Gives the suite that calls it a cluster with krt; one installation serves all suites of the process. */
export function useInstallation(): void {
  before(async function () {
    this.timeout(INSTALL_TIMEOUT_MS);
    installed ??= install();
    await installed;
  });
}

// imported while mocha loads files, outside of any suite: a hook of the root, which runs after the last suite
after(async function () {
  this.timeout(INSTALL_TIMEOUT_MS);
  if (installed) await uninstall();
});
