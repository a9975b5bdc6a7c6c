/** Aborts at the first SIGTERM or SIGINT that `from` gets; a second one ends the process as if nobody listened. */
export function shutdownSignal(from: Pick<NodeJS.Process, 'once'>): AbortSignal {
  const shutdown = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    from.once(name, () => shutdown.abort(new Error(`${name} received`)));
  }
  return shutdown.signal;
}
