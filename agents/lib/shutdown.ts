/** What `shutdownSignal` listens to: the process, or a stand-in. */
export type ShutdownSource = Pick<NodeJS.Process, 'once'> & { readonly stdin: ShutdownStdin };

interface ShutdownStdin {
  once(event: 'end' | 'error', listener: () => void): unknown;
  resume(): unknown;
  unref?: (() => unknown) | undefined;
}

/**
 * Aborts at the first SIGTERM or SIGINT that `from` gets; a second one ends the process as if nobody listened.
 * `withStdin`: also when stdin ends, which tells that whoever started the process is gone.
 */
export function shutdownSignal(from: ShutdownSource, { withStdin = false } = {}): AbortSignal {
  const shutdown = new AbortController();
  const stop = (why: string) => () => shutdown.abort(new Error(why));
  for (const name of ['SIGTERM', 'SIGINT'] as const) from.once(name, stop(`${name} received`));
  if (withStdin) {
    for (const event of ['end', 'error'] as const) from.stdin.once(event, stop('stdin ended'));
    from.stdin.resume();
    from.stdin.unref?.();
  }
  return shutdown.signal;
}
