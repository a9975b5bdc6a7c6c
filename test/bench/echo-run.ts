import type { Run } from '../../crds/v1alpha1/index.ts';

/** The program that all benchmarks run. */
export function echoRun(name: string, namespace: string, runtime = 'bash'): Run {
  return { metadata: { name, namespace }, spec: { runtime, source: { inline: 'echo hello\n' } } };
}
