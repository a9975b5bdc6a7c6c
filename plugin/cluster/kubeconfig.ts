/** A cluster as kubeconfig files have it. */
export interface ClusterEntry {
  server?: string;
  'certificate-authority'?: string;
  'certificate-authority-data'?: string;
  'insecure-skip-tls-verify'?: boolean;
  'tls-server-name'?: string;
  'proxy-url'?: string;
}

/** A program that gives credentials, as kubeconfig files have it. */
export interface ExecEntry {
  apiVersion?: string;
  command: string;
  args?: string[] | null;
  env?: { name: string; value: string }[] | null;
  provideClusterInfo?: boolean;
}

/** A user as kubeconfig files have it. */
export interface UserEntry {
  token?: string;
  tokenFile?: string;
  username?: string;
  password?: string;
  'client-certificate'?: string;
  'client-certificate-data'?: string;
  'client-key'?: string;
  'client-key-data'?: string;
  as?: string;
  'as-uid'?: string;
  'as-groups'?: string[];
  'as-user-extra'?: Record<string, string[]>;
  exec?: ExecEntry;
  'auth-provider'?: { name: string; config?: Record<string, string> };
}

/** A context as kubeconfig files have it. */
export interface ContextEntry {
  cluster?: string;
  user?: string;
  namespace?: string;
}

/** One kubeconfig, or many merged: entries by name. */
export interface Kubeconfig {
  readonly currentContext: string;
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly users: ReadonlyMap<string, UserEntry>;
  readonly contexts: ReadonlyMap<string, ContextEntry>;
}

/** A kubeconfig that says nothing. */
export const EMPTY_KUBECONFIG: Kubeconfig = {
  currentContext: '',
  clusters: new Map(),
  users: new Map(),
  contexts: new Map(),
};

/** Merges as kubectl does: the first file that says something has the say. */
export function mergeKubeconfigs(files: readonly Kubeconfig[]): Kubeconfig {
  // a Map keeps the last of equal keys
  const merged = <T>(get: (file: Kubeconfig) => ReadonlyMap<string, T>) =>
    new Map(files.toReversed().flatMap(file => [...get(file)]));
  return {
    currentContext: files.find(file => file.currentContext)?.currentContext ?? '',
    clusters: merged(file => file.clusters),
    users: merged(file => file.users),
    contexts: merged(file => file.contexts),
  };
}
