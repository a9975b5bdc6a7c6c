import type { Selection } from '../../crds/client/resource-client.ts';
import type { KubeObject } from '../../crds/v1alpha1/meta.ts';

/** Whether `object` is in the selection, as an API server would decide; throws on a term that it can't read. */
export function isSelected(object: KubeObject, { labelSelector, fieldSelector }: Selection): boolean {
  return (
    splitTerms(fieldSelector ?? '').every(term => matchesField(object, term)) &&
    splitTerms(labelSelector ?? '').every(term => matchesLabel(object.metadata.labels ?? {}, term))
  );
}

/** Terms between commas that stand outside of parentheses. */
function splitTerms(selector: string): string[] {
  return selector
    .split(/,(?![^(]*\))/)
    .map(term => term.trim())
    .filter(term => term !== '');
}

function matchesField(object: KubeObject, term: string): boolean {
  const [, path, operator, wanted] = /^([\w.]+)(==|!=|=)(.*)$/.exec(term) ?? [];
  if (!path) throw new Error(`can't read the field selector ${term}`);
  let value: unknown = object;
  for (const part of path.split('.')) value = (value as Record<string, unknown> | null | undefined)?.[part];
  return (String(value ?? '') === wanted) === (operator !== '!=');
}

function matchesLabel(labels: Record<string, string>, term: string): boolean {
  const set = /^(\S+)\s+(in|notin)\s*\((.*)\)$/.exec(term);
  if (set) {
    const values = set[3]!.split(',').map(value => value.trim());
    return values.includes(labels[set[1]!] ?? '\0') === (set[2] === 'in');
  }
  const [, key, operator, wanted] = /^([^=!]+)(==|!=|=)(.*)$/.exec(term) ?? [];
  if (key) return (labels[key] === wanted) === (operator !== '!=');
  return term.startsWith('!') ? labels[term.slice(1)] === undefined : labels[term] !== undefined;
}
