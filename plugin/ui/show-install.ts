import type { KubeObject } from '../../crds/v1alpha1/meta.ts';
import type { Context } from '../context.ts';
import { findingsText } from '../printers/findings.ts';
import { type CheckDeps, checkInstallation } from '../services/install/check.ts';
import type { Finding } from '../services/install/finding.ts';
import { nameOf } from '../services/install/kinds.ts';
import { dataText } from './data-text.ts';

/** What `-o` names; undefined: text for a person. */
type DataFormat = 'json' | 'yaml' | undefined;

/** Prints the objects of an installation as a file to apply or, without a format, their names. */
export async function showManifest(
  { stdout }: Context,
  objects: readonly KubeObject[],
  format: DataFormat,
): Promise<readonly KubeObject[]> {
  if (format) {
    const { listOf, yamlText } = await import('../printers/data.ts');
    const documents = objects.map(object => yamlText(object)).join('---\n');
    await stdout.write(format === 'yaml' ? documents : await dataText(listOf(objects), 'json'));
  } else await stdout.write(objects.map(object => `${nameOf(object)} serverside-applied (dry run)\n`).join(''));
  return objects;
}

/** Prints what is missing or wrong with an installation. */
export async function showCheck(
  { stdout, clock, signal }: Context,
  objects: readonly KubeObject[],
  { format, ...deps }: Omit<CheckDeps, 'now' | 'signal'> & { readonly format: DataFormat },
): Promise<readonly Finding[]> {
  const findings = await checkInstallation(objects, { ...deps, now: clock.now(), signal });
  await stdout.write(format ? await dataText(findings, format) : findingsText(findings));
  return findings;
}
