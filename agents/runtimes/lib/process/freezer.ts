/** Stops all that programs may have started, whatever they did to get away, and lets it go on. */
export interface Freezer {
  stop(): void;
  goOn(): void;
}

/**
 * The one for a PID namespace that is ours alone: the kernel signals all of it in one step (kill(2), pid -1), which no
 * fork outruns; but not the caller, nor the init. What runs as another user can't be signalled, and is left out.
 */
export function namespaceFreezer(kill: (pid: number, signal: NodeJS.Signals) => void): Freezer {
  const signalAll = (signal: NodeJS.Signals) => {
    try {
      kill(-1, signal);
    } catch {
      // ESRCH, EPERM: there is nobody to be signalled
    }
  };
  return { stop: () => signalAll('SIGSTOP'), goOn: () => signalAll('SIGCONT') };
}
