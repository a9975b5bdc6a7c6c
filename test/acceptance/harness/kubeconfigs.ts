/** A kubeconfig with one context for `server`; `user` is as kubeconfigs have it. */
export function kubeconfigFor(server: string, user: object = { token: 'x' }, cluster: object = {}): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, ...cluster } }],
    users: [{ name: 'test', user }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    'current-context': 'test',
  });
}

/** A server that nobody runs: port 1 is reserved, and nothing listens there. */
export const NO_SERVER = 'http://127.0.0.1:1';
