import { stringify } from 'yaml';
import type { KubeObject } from '../../crds/v1alpha1/meta.ts';

/** JSON as kubectl prints it: four spaces, keys in order, without managedFields. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(inOrder(value), undefined, 4)}\n`;
}

/** YAML as kubectl prints it: lists at the column of their key, strings quoted where YAML 1.1 would take them for something else. */
export function yamlText(value: unknown): string {
  return stringify(inOrder(value), { version: '1.1', indentSeq: false, lineWidth: 0, aliasDuplicateObjects: false });
}

/** What kubectl makes of the objects of a `get` that is not about one name. */
export function listOf(items: readonly KubeObject[]): object {
  return { apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } };
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key, inner]) => key !== 'managedFields' && inner !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, inOrder(inner)]));
}
