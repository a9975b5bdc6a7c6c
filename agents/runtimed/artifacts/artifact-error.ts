/** Why an artifact is not kept, in words for the person who made it. */
export class ArtifactError extends Error {
  override readonly name = 'ArtifactError';
}
