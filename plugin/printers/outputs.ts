import type { KubeObject } from '../../crds/v1alpha1/meta.ts';
import { usageError } from '../errors.ts';

/** Outputs as the program wrote them: a line KEY=VALUE for each, by key. */
export function outputsText(outputs: Readonly<Record<string, string>>): string {
  return Object.entries(outputs)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

/** The value of one output as a line; throws a usage error where `object` has none of that name. */
export function outputText(object: KubeObject, outputs: Readonly<Record<string, string>>, key: string): string {
  if (Object.hasOwn(outputs, key)) return `${outputs[key]}\n`;
  const keys = Object.keys(outputs).sort().join(', ');
  const hint = keys ? `its outputs are ${keys}` : 'it has no outputs: a program writes KEY=VALUE to $KRUNTIME_OUTPUTS';
  throw usageError(`Run ${object.metadata.name} has no output "${key}"`, hint, 'NoSuchOutput');
}
