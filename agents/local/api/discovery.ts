import { createHash } from 'node:crypto';
import { EMBEDDED_BUILD } from '../../../crds/v1alpha1/names.ts';
import type { JsonObject } from './object.ts';
import type { Registry } from './types/registry.ts';
import { groupVersion, type ResourceType } from './types/resource-type.ts';

/** Answer to /version: the Kubernetes that this server behaves like. */
export const VERSION: JsonObject = {
  major: '1',
  minor: '37',
  gitVersion: `v1.37.2${EMBEDDED_BUILD}`,
  gitCommit: '',
  gitTreeState: '',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'none',
  compiler: 'node',
  platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
};

const SCALE_KIND = { group: 'autoscaling', version: 'v1', kind: 'Scale' };

interface Subresource {
  name: string;
  verbs: string[];
  kind: { group: string; version: string; kind: string };
}

function subresources(type: ResourceType): Subresource[] {
  const { group, version, kind } = type;
  const write = ['get', 'patch', 'update'];
  return [
    ...(type.hasLog
      ? [
          { name: 'log', verbs: ['get'], kind: { group, version, kind } },
          { name: 'proxy', verbs: ['get'], kind: { group, version, kind: 'PodProxyOptions' } },
        ]
      : []),
    ...(type.scale ? [{ name: 'scale', verbs: write, kind: SCALE_KIND }] : []),
    ...(type.hasStatus ? [{ name: 'status', verbs: write, kind: { group, version, kind } }] : []),
  ];
}

/** APIResourceList of one group and version; undefined where it is not served. */
export function resourceList(registry: Registry, group: string, version: string): JsonObject | undefined {
  const types = registry.all().filter(type => type.group === group && type.version === version);
  if (types.length === 0) return undefined;
  const resources = types.flatMap(type => [
    {
      name: type.plural,
      singularName: type.singular,
      namespaced: type.namespaced,
      kind: type.kind,
      verbs: type.verbs,
      ...(type.shortNames.length > 0 && { shortNames: type.shortNames }),
      ...(type.categories.length > 0 && { categories: type.categories }),
      ...(type.verbs.includes('list') && { storageVersionHash: storageHash(type) }),
    },
    ...subresources(type).map(({ name, verbs, kind }) => ({
      name: `${type.plural}/${name}`,
      singularName: '',
      namespaced: type.namespaced,
      ...(kind.group !== type.group && { group: kind.group, version: kind.version }),
      kind: kind.kind,
      verbs,
    })),
  ]);
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: groupVersion({ group, version }), resources };
}

/** Clients compare it to learn whether the stored version changed. */
const storageHash = (type: ResourceType) =>
  createHash('sha256').update(`${type.group}/${type.version}/${type.kind}`).digest().subarray(0, 8).toString('base64');

/** APIGroup of one group; undefined where it is not served. */
export function apiGroup(registry: Registry, name: string): JsonObject | undefined {
  const versions = registry
    .groups()
    .get(name)
    ?.map(version => ({ groupVersion: `${name}/${version}`, version }));
  return versions && { kind: 'APIGroup', apiVersion: 'v1', name, versions, preferredVersion: versions[0] };
}

/** APIGroupList of all groups. */
export function apiGroupList(registry: Registry): JsonObject {
  const groups = [...registry.groups().keys()].map(name => {
    const { kind: _kind, apiVersion: _version, ...group } = apiGroup(registry, name)!;
    return group;
  });
  return { kind: 'APIGroupList', apiVersion: 'v1', groups };
}

/** APIVersions of the core group, reachable at `address`. */
export function apiVersions(address: string): JsonObject {
  const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress: address }];
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs };
}

/** APIGroupDiscoveryList (apidiscovery.k8s.io/v2): all of the core group, or all of the others. */
export function aggregatedDiscovery(registry: Registry, core: boolean): JsonObject {
  const groups = core ? new Map([['', ['v1']]]) : registry.groups();
  const items = [...groups].map(([group, versions]) => ({
    metadata: group === '' ? {} : { name: group },
    versions: versions.map(version => ({
      version,
      resources: registry
        .all()
        .filter(type => type.group === group && type.version === version)
        .map(aggregated),
      freshness: 'Current',
    })),
  }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}

function aggregated(type: ResourceType): JsonObject {
  const { group, version, kind } = type;
  const parts = subresources(type);
  return {
    resource: type.plural,
    responseKind: { group, version, kind },
    scope: type.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: type.singular,
    verbs: type.verbs,
    ...(type.shortNames.length > 0 && { shortNames: type.shortNames }),
    ...(type.categories.length > 0 && { categories: type.categories }),
    ...(parts.length > 0 && {
      subresources: parts.map(part => ({ subresource: part.name, responseKind: part.kind, verbs: part.verbs })),
    }),
  };
}
