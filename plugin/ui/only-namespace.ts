import type { Context } from '../context.ts';
import { usageError } from '../errors.ts';

/** The one namespace that an installation is for, that of -n or the kubeconfig; undefined where it is for the cluster. */
export async function onlyNamespaceOf(context: Context, isNamespaced: boolean): Promise<string | undefined> {
  const { namespaceFlag } = context;
  if (isNamespaced) return namespaceFlag ?? (await context.cluster()).namespace;
  if (namespaceFlag === undefined) return undefined;
  throw usageError('krt for the whole cluster lives in krt-system', 'leave out -n, or say --namespaced for one alone');
}
