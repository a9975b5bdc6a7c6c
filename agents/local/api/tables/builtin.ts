import { age } from '../../../../crds/v1alpha1/age.ts';
import { type ApiObject, isObject, type JsonObject, objectsIn, valueAt } from '../object.ts';
import type { TableSource } from '../types/resource-type.ts';
import { podCells } from './pod-cells.ts';
import { AGE_COLUMN, NAME_COLUMN, type TableColumn } from './table.ts';

type Cell = (object: ApiObject, now: number) => unknown;

const column = (name: string, type = 'string', priority = 0): TableColumn => ({ name, type, priority });
const AGE: [TableColumn, Cell] = [AGE_COLUMN, (object, now) => age(object.metadata.creationTimestamp, now)];

/** A table of Name, the given columns, and Age last unless one of the others follows it. */
function table(...columns: [TableColumn, Cell][]): TableSource {
  return {
    columns: [NAME_COLUMN, ...columns.map(([definition]) => definition)],
    cells: (object, now) => [object.metadata.name, ...columns.map(([, cell]) => cell(object, now))],
  };
}

const at =
  (path: string, fallback: unknown = ''): Cell =>
  object =>
    valueAt(object, path.split('.')) ?? fallback;
const size =
  (path: string): Cell =>
  object => {
    const value = valueAt(object, path.split('.'));
    return Array.isArray(value) ? value.length : isObject(value) ? Object.keys(value).length : 0;
  };
const containers =
  (field: string): Cell =>
  object =>
    ((valueAt(object, ['spec', 'template', 'spec', 'containers']) ?? []) as JsonObject[]).map(c => c[field]).join(',');
const selector: Cell = object => {
  const labels = valueAt(object, ['spec', 'selector', 'matchLabels']);
  const text = isObject(labels)
    ? Object.entries(labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(',')
    : '';
  return text || '<none>';
};
const WIDE: [TableColumn, Cell][] = [
  [column('Containers', 'string', 1), containers('name')],
  [column('Images', 'string', 1), containers('image')],
  [column('Selector', 'string', 1), selector],
];

const servedVersions: Cell = crd =>
  objectsIn(valueAt(crd, ['spec', 'versions']))
    .filter(version => version['served'])
    .map(({ name, storage }) => (storage ? `${name}(storage)` : name))
    .join(',');
const isEstablished: Cell = crd =>
  objectsIn(valueAt(crd, ['status', 'conditions'])).some(
    ({ type, status }) => type === 'Established' && status === 'True',
  );

const EVENTS: TableSource = {
  columns: [
    column('Last Seen'),
    column('Type'),
    column('Reason'),
    column('Object'),
    column('Subobject', 'string', 1),
    column('Source', 'string', 1),
    column('Message'),
    column('First Seen', 'string', 1),
    column('Count', 'integer', 1),
    { ...NAME_COLUMN, priority: 1 },
  ],
  cells: (event, now) => {
    const involved = (event['involvedObject'] ?? {}) as JsonObject;
    const first = event['firstTimestamp'] ?? event['eventTime'] ?? event.metadata.creationTimestamp;
    const last = event['lastTimestamp'] ?? event['eventTime'] ?? first;
    return [
      age(last, now),
      event['type'] ?? '',
      event['reason'] ?? '',
      `${String(involved['kind'] ?? '').toLowerCase()}/${involved['name'] ?? ''}`,
      involved['fieldPath'] ?? '',
      valueAt(event, ['source', 'component']) || event['reportingComponent'] || '',
      String(event['message'] ?? '').trim(),
      age(first, now),
      event['count'] ?? 1,
      event.metadata.name,
    ];
  },
};

/** Tables of built-in types, by group and plural, as kubectl prints them; a type that is not here has Name and Age. */
export const BUILTIN_TABLES: Record<string, TableSource> = {
  '/pods': {
    columns: [
      NAME_COLUMN,
      column('Ready'),
      column('Status'),
      column('Restarts'),
      AGE_COLUMN,
      column('IP', 'string', 1),
      column('Node', 'string', 1),
      column('Nominated Node', 'string', 1),
      column('Readiness Gates', 'string', 1),
    ],
    cells: podCells,
  },
  '/events': EVENTS,
  '/namespaces': table([column('Status'), at('status.phase')], AGE),
  '/configmaps': table([column('Data'), size('data')], AGE),
  '/secrets': table([column('Type'), at('type')], [column('Data'), size('data')], AGE),
  '/serviceaccounts': table(AGE),
  '/nodes': table([column('Status'), () => 'Ready'], [column('Roles'), () => '<none>'], AGE, [
    column('Version'),
    at('status.nodeInfo.kubeletVersion'),
  ]),
  '/persistentvolumeclaims': table(
    [column('Status'), at('status.phase')],
    [column('Volume'), at('spec.volumeName')],
    [column('Capacity'), at('status.capacity.storage')],
    AGE,
  ),
  '/services': table(
    [column('Type'), at('spec.type')],
    [column('Cluster-IP'), at('spec.clusterIP', '<none>')],
    [column('External-IP'), () => '<none>'],
    AGE,
  ),
  'apps/deployments': table(
    [column('Ready'), object => `${at('status.readyReplicas', 0)(object, 0)}/${at('spec.replicas', 0)(object, 0)}`],
    [column('Up-to-date'), at('status.updatedReplicas', 0)],
    [column('Available'), at('status.availableReplicas', 0)],
    AGE,
    ...WIDE,
  ),
  'apps/replicasets': table(
    [column('Desired', 'integer'), at('spec.replicas', 0)],
    [column('Current', 'integer'), at('status.replicas', 0)],
    [column('Ready', 'integer'), at('status.readyReplicas', 0)],
    AGE,
    ...WIDE,
  ),
  'coordination.k8s.io/leases': table([column('Holder'), at('spec.holderIdentity')], AGE),
  'rbac.authorization.k8s.io/roles': table([column('Created At'), at('metadata.creationTimestamp')]),
  'rbac.authorization.k8s.io/clusterroles': table([column('Created At'), at('metadata.creationTimestamp')]),
  'rbac.authorization.k8s.io/rolebindings': table(
    [column('Role'), object => `${at('roleRef.kind')(object, 0)}/${at('roleRef.name')(object, 0)}`],
    AGE,
  ),
  'apiextensions.k8s.io/customresourcedefinitions': table(
    [column('Scope'), at('spec.scope')],
    [column('Versions'), servedVersions],
    [column('Created At', 'date'), at('metadata.creationTimestamp')],
    [column('Group', 'string', 1), at('spec.group')],
    [column('Kind', 'string', 1), at('spec.names.kind')],
    [
      column('ShortNames', 'string', 1),
      crd => ((valueAt(crd, ['spec', 'names', 'shortNames']) ?? []) as string[]).join(','),
    ],
    [column('Established', 'boolean', 1), isEstablished],
  ),
};

/** The table of a type that has none of its own. */
export const PLAIN_TABLE: TableSource = table(AGE);
