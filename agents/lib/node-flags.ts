/**
 * What Node is told where an agent runs beside programs. Little of what a Run needs lives on, so that V8 may collect
 * it in 1 MiB as well as in 16: 13 to 20 MiB less for each agent of a Pod, and less to copy for each process started.
 * Nor does V8's last compiler pay here: 4 MiB less without it, and no CPU more (npm run bench, two turns of each).
 */
export const NODE_FLAGS = ['--max-semi-space-size=1', '--no-opt'];
