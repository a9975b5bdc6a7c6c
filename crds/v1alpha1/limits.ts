/** Bounds of DESIGN.md's resource table; the CRDs state the same, and a test ties the two. */
export const LIMITS = {
  inlineBytes: 256 * 1024,
  entrypointLength: 4096,
  args: 256,
  argBytes: 8 * 1024,
  env: 256,
  envValueLength: 32 * 1024,
  repoURLLength: 2048,
  maxAttempts: 100,
  priority: 1000,
  messageLength: 4096,
  outputs: 64,
  outputKeyBytes: 128,
  outputValueBytes: 8 * 1024,
  outputsBytes: 64 * 1024,
  artifactRefs: 32,
  attemptRecords: 10,
} as const;
