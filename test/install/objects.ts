import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../crds/v1alpha1/meta.ts';

/** The root of this project. */
export const ROOT = join(import.meta.dirname, '../..');

/** Any object of a manifest; a test reads it by its paths. */
// biome-ignore lint/suspicious/noExplicitAny: manifests hold every kind there is
export type Manifest = KubeObject & Record<string, any>;

/** The objects of a YAML text, without empty documents. */
export function objectsOf(text: string): Manifest[] {
  return parseAllDocuments(text)
    .map(document => document.toJS({ maxAliasCount: -1 }) as Manifest | null)
    .filter(object => object !== null);
}

/** The objects of a file of install/. */
export function installed(file: string): Manifest[] {
  return objectsOf(readFileSync(join(ROOT, 'install', file), 'utf8'));
}

/** Objects by `Kind namespace/name`, for comparing manifests whatever their order. */
export function byName(objects: readonly Manifest[]): Record<string, Manifest> {
  const entries = objects.map((object): [string, Manifest] => {
    const { name, namespace = '' } = object.metadata;
    return [`${object.kind} ${namespace}/${name}`, object];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
