import type { Run } from '../../crds/v1alpha1/run.ts';
import type { ArtifactStore } from '../../crds/v1alpha1/runtime.ts';
import { canonicalJson } from './canonical-json.ts';

/** Whether what the Run has is in this store: its Runtime may have had another then. One that tells no store had this. */
export function isStoredIn({ status }: Pick<Run, 'status'>, store: ArtifactStore | undefined): boolean {
  return !status?.artifactStore || canonicalJson(status.artifactStore) === canonicalJson(store);
}
