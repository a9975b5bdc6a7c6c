/** What a path under /api or /apis is about. */
export interface RequestInfo {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** Empty for cluster-scoped resources and for lists over all namespaces. */
  readonly namespace: string;
  /** Empty for collections. */
  readonly name: string;
  readonly subresource: string;
}

/** Parses a resource's path; undefined for any other path. `/api/v1/namespaces/x` is the namespace itself. */
export function requestInfo(path: string): RequestInfo | undefined {
  const parts = path.split('/').slice(1).map(decode);
  if (parts.at(-1) === '') parts.pop();
  const legacy = parts[0] === 'api';
  if (!legacy && parts[0] !== 'apis') return undefined;
  const [group, version] = legacy ? ['', parts[1]] : [parts[1], parts[2]];
  const rest = parts.slice(legacy ? 2 : 3);
  if (!version || group === undefined || rest.length === 0) return undefined;
  const isInside = rest[0] === 'namespaces' && rest.length > 2 && !NAMESPACE_PARTS.has(rest[2]!);
  const [plural, name = '', subresource = '', ...more] = isInside ? rest.slice(2) : rest;
  if (more.length > 0 || !plural) return undefined;
  return { group, version, plural, namespace: isInside ? rest[1]! : '', name, subresource };
}

/** Subresources of namespaces, which look like resources in them. */
const NAMESPACE_PARTS = new Set(['status', 'finalize']);

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a broken escape names nothing that exists
  }
}
