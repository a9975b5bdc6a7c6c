/** Where a cluster is looked for. */
export const CLUSTER_ORDER = `The cluster is that of --kubeconfig, else of the files in KUBECONFIG, else of ~/.kube/config, else of the Pod that \
krt runs in, else the embedded default of "krt local up" (in $KRT_HOME, by default ~/.krt).`;

/** The variables of the environment that krt reads, but for those that Kubernetes sets in a Pod. */
export const ENVIRONMENT: readonly (readonly [name: string, meaning: string])[] = [
  ['KUBECONFIG', 'kubeconfigs, merged: where the cluster is, and who asks'],
  ['KRT_HOME', 'folder of the embedded default; by default ~/.krt'],
  ['HTTPS_PROXY, HTTP_PROXY, NO_PROXY', 'the proxy before the API server, and where there is none'],
  ['NO_COLOR', 'no colours; FORCE_COLOR asks for them where there is no terminal'],
  ['COLUMNS', 'width of the terminal'],
  ['XDG_CACHE_HOME', 'where krt keeps what makes it start faster; by default ~/.cache'],
];
