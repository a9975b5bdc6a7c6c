import { stringify } from 'yaml';
import type { KubeObject } from '../../crds/v1alpha1/meta.ts';

/** JSON as kubectl prints it: four spaces, keys in order, without metadata.managedFields unless they are wanted. */
export function jsonText(value: unknown, managedFields = false): string {
  return `${JSON.stringify(inOrder(value, managedFields), undefined, 4)}\n`;
}

/** YAML as kubectl prints it: lists at the column of their key, strings quoted where YAML 1.1 would take them for something else. */
export function yamlText(value: unknown, managedFields = false): string {
  return stringify(inOrder(value, managedFields), {
    version: '1.1',
    indentSeq: false,
    lineWidth: 0,
    aliasDuplicateObjects: false,
  });
}

/** What kubectl makes of the objects of a `get` that is not about one name. */
export function listOf(items: readonly KubeObject[]): object {
  return { apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } };
}

function inOrder(value: unknown, managedFields: boolean, at?: string): unknown {
  if (Array.isArray(value)) return value.map(item => inOrder(item, managedFields));
  if (typeof value !== 'object' || value === null) return value;
  const isLeftOut = (key: string) => key === 'managedFields' && at === 'metadata' && !managedFields;
  const entries = Object.entries(value).filter(([key, inner]) => inner !== undefined && !isLeftOut(key));
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, inner]) => [key, inOrder(inner, managedFields, key)]));
}
