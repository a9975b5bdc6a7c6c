import type { ArtifactStore } from '../../../crds/v1alpha1/runtime.ts';

/** Where a bucket is, without what opens it. */
export type S3Settings = Omit<NonNullable<ArtifactStore['s3']>, 'credentialsSecretName'>;

/** The settings that the controller wrote as JSON into a variable; throws where they are none. */
export function parseS3Settings(text: string): S3Settings {
  const value = JSON.parse(text) as Partial<S3Settings> | null;
  if (typeof value?.bucket !== 'string' || value.bucket === '') throw new Error(`${text} names no bucket`);
  return value as S3Settings;
}
