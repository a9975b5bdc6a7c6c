import { parseDuration } from '../crds/v1alpha1/duration.ts';
import { usageError } from './errors.ts';

/** Milliseconds of a Go duration, or of plain seconds as kubectl takes them too; throws a usage error that names `what`. */
export function parseWait(text: string, what: string): number {
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : parseDuration(text);
  if (ms === undefined)
    throw usageError(`${what}: "${text}" is not a duration`, 'give one such as 500ms, 90s or 1h30m');
  return ms;
}

/** Name and value of a `KEY=VALUE` word; throws a usage error that names `what`. */
export function parseKeyValue(text: string, what: string): [key: string, value: string] {
  const split = text.indexOf('=');
  if (split <= 0) throw usageError(`${what}: "${text}" is not KEY=VALUE`);
  return [text.slice(0, split), text.slice(split + 1)];
}

const LABEL_PART = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Whether Kubernetes takes `key` as the key of a label. */
export function isLabelKey(key: string): boolean {
  const [name, prefix, ...more] = key.split('/').reverse();
  if (more.length > 0 || !LABEL_PART.test(name ?? '')) return false;
  return prefix === undefined || (prefix.length <= 253 && DNS_SUBDOMAIN.test(prefix));
}

/** Whether Kubernetes takes `value` as the value of a label. */
export function isLabelValue(value: string): boolean {
  return value === '' || LABEL_PART.test(value);
}

/** Whether Kubernetes takes `name` as the name of a Run (a DNS subdomain). */
export function isObjectName(name: string): boolean {
  return name.length <= 253 && DNS_SUBDOMAIN.test(name);
}

/** Labels from `KEY=VALUE` words; throws a usage error where one is none. */
export function parseLabels(words: readonly string[], what = '--label'): Record<string, string> {
  return Object.fromEntries(
    words.map(word => {
      const [key, value] = parseKeyValue(word, what);
      if (!isLabelKey(key))
        throw usageError(`${what}: "${key}" is not the key of a label`, 'such as team or example.com/team');
      if (!isLabelValue(value))
        throw usageError(`${what}: "${value}" is not the value of a label`, 'at most 63 of A-Z a-z 0-9 - _ .');
      return [key, value];
    }),
  );
}

/** A label selector in Kubernetes' syntax, returned as it is; throws a usage error where it is none. */
export function parseLabelSelector(text: string): string {
  // commas in parentheses belong to a set
  for (const term of text.split(/,(?![^(]*\))/)) {
    if (!isSelectorTerm(term.trim())) {
      throw usageError(`--selector: "${text}" is not a label selector`, "such as app=web,tier!=db or 'env in (a, b)'");
    }
  }
  return text;
}

function isSelectorTerm(term: string): boolean {
  const set = /^(\S+)\s+(?:in|notin)\s*\(([^()]*)\)$/.exec(term);
  if (set) return isLabelKey(set[1]!) && set[2]!.split(',').every(value => isLabelValue(value.trim()));
  const equality = /^([^=!<>\s]+)\s*(==|=|!=|>|<)\s*(\S*)$/.exec(term);
  if (equality) return isLabelKey(equality[1]!) && isLabelValue(equality[3]!);
  return isLabelKey(term.replace(/^!\s*/, ''));
}

/** A field selector, returned as it is; throws a usage error where it is none. */
export function parseFieldSelector(text: string): string {
  if (!text.split(',').every(term => /^[\w.[\]'"-]+(==|=|!=)[^=!]*$/.test(term.trim()))) {
    throw usageError(`--field-selector: "${text}" is not a field selector`, 'such as status.phase=Running');
  }
  return text;
}
