import { readFile } from 'node:fs/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { type Clients, makeClients, type TransportOptions } from '../../crds/client/index.ts';
import { deniedError, KrtError } from '../errors.ts';
import type { ExecEntry, UserEntry } from './kubeconfig.ts';
import { proxyFor } from './proxy.ts';
import type { Selected } from './select-cluster.ts';

/** Clients for the selected cluster; no request is made yet. */
export function connect(selected: Selected, options: TransportOptions): Clients {
  const headers = impersonationOf(selected.user);
  return makeClients(toKubeConfig(selected), { ...options, headers });
}

/** client-node's KubeConfig, which does all authentication; its failures are told as what they are. */
class UserConfig extends KubeConfig {
  override async applyToHTTPSOptions(options: Parameters<KubeConfig['applyToHTTPSOptions']>[0]): Promise<void> {
    try {
      await super.applyToHTTPSOptions(options);
    } catch (error) {
      throw error instanceof KrtError ? error : this.#explain(error as NodeJS.ErrnoException);
    }
  }

  #explain(error: NodeJS.ErrnoException): KrtError {
    const plugin = this.getCurrentUser()?.exec?.command as string | undefined;
    const why = error.message.trim().split('\n')[0] || 'it gave no reason';
    const hint = 'log in again, or choose another --context';
    if (!plugin) return deniedError(`cannot use the credentials of the kubeconfig: ${why}`, hint, error);
    if (error.code === 'ENOENT') {
      return deniedError(`the credential plugin ${plugin} of the kubeconfig is not installed`, hint, error);
    }
    return deniedError(`the credential plugin ${plugin} of the kubeconfig failed: ${why}`, hint, error);
  }
}

/** Tokens from a file, read anew for each request as they are renewed; client-node's own takes the newline at the end too. */
const tokenFileAuth: Parameters<KubeConfig['addAuthenticator']>[0] = {
  isAuthProvider: user => user.authProvider?.name === TOKEN_FILE,
  async applyAuthentication(user, options) {
    const token = await readFile(user.authProvider.config.path, 'utf8');
    options.headers = { ...options.headers, Authorization: `Bearer ${token.trim()}` };
  },
};
const TOKEN_FILE = 'krt-token-file';

function toKubeConfig({ context, cluster, user, namespace }: Selected): KubeConfig {
  const config = new UserConfig();
  config.addAuthenticator(tokenFileAuth);
  const name = context || 'flags';
  const defined = <T extends object>(object: T): T =>
    Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
  config.loadFromOptions({
    currentContext: name,
    contexts: [{ name, cluster: name, user: name, namespace }],
    clusters: [
      defined({
        name,
        server: cluster.server,
        skipTLSVerify: cluster['insecure-skip-tls-verify'] ?? false,
        caFile: cluster['certificate-authority'],
        caData: cluster['certificate-authority-data'],
        tlsServerName: cluster['tls-server-name'],
        proxyUrl: cluster['proxy-url'] ?? proxyFor(cluster.server),
      }),
    ],
    users: [
      defined({
        name,
        token: user.tokenFile ? undefined : user.token,
        username: user.username,
        password: user.password,
        certFile: user['client-certificate'],
        certData: user['client-certificate-data'],
        keyFile: user['client-key'],
        keyData: user['client-key-data'],
        exec: user.exec && withExecInfo(user.exec, cluster),
        authProvider: user.tokenFile ? { name: TOKEN_FILE, config: { path: user.tokenFile } } : user['auth-provider'],
      }),
    ],
  });
  return config;
}

/** A credential plugin with what client-go tells it in its environment; some refuse to work without. */
function withExecInfo(exec: ExecEntry, cluster: Selected['cluster']): ExecEntry {
  const { apiVersion = 'client.authentication.k8s.io/v1beta1', provideClusterInfo } = exec;
  const spec = { interactive: false, ...(provideClusterInfo && { cluster }) };
  const value = JSON.stringify({ apiVersion, kind: 'ExecCredential', spec });
  return { ...exec, env: [...(exec.env ?? []), { name: 'KUBERNETES_EXEC_INFO', value }] };
}

/** Headers of --as and its kin; client-node itself knows only the user's name. */
function impersonationOf(user: UserEntry): Record<string, string | string[]> {
  if (!user.as) return {};
  const headers: Record<string, string | string[]> = { 'Impersonate-User': user.as };
  if (user['as-uid']) headers['Impersonate-Uid'] = user['as-uid'];
  if (user['as-groups']?.length) headers['Impersonate-Group'] = user['as-groups'];
  for (const [key, values] of Object.entries(user['as-user-extra'] ?? {})) {
    headers[`Impersonate-Extra-${encodeURIComponent(key)}`] = values;
  }
  return headers;
}
