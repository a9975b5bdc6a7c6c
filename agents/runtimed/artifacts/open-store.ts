import type { Settings } from '../settings.ts';
import { filesystemStore } from './filesystem-store.ts';
import type { ArtifactStore } from './store.ts';

/** The store that the environment names; undefined: none. The AWS SDK is loaded by those alone who need it. */
export async function openStore({
  artifactsDir,
  artifactsS3,
}: Pick<Settings, 'artifactsDir' | 'artifactsS3'>): Promise<ArtifactStore | undefined> {
  if (artifactsDir !== undefined) return filesystemStore(artifactsDir);
  if (artifactsS3 === undefined) return undefined;
  const { s3Store } = await import('./s3-store.ts');
  return s3Store(artifactsS3);
}
