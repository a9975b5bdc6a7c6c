import { selectableFields } from '../selectors/fields.ts';
import { BUILTIN_TABLES } from '../tables/builtin.ts';
import { builtinSchema } from './builtin-schemas.ts';
import { decodeBuiltin } from './decode-builtin.ts';
import { defaultsOf } from './defaults.ts';
import { ALL_VERBS, type ResourceType } from './resource-type.ts';
import { validationOf } from './validation.ts';

/** What is particular to a built-in type; the rest follows from its kind. */
interface Row {
  group?: string;
  version?: string;
  kind: string;
  plural?: string;
  short?: string[];
  categories?: string[];
  schema: string;
  cluster?: true;
  status?: true;
  generation?: true;
  scale?: true;
  log?: true;
  name?: ResourceType['nameRule'];
  verbs?: string[];
  fields?: string[];
}

const CORE = 'io.k8s.api.core.v1';
const RBAC = 'rbac.authorization.k8s.io';
const EVENT_FIELDS = ['reason', 'reportingComponent', 'source', 'type'];
const INVOLVED = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];
const POD_FIELDS = [
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.schedulerName',
  'spec.serviceAccountName',
  'spec.hostNetwork',
  'status.phase',
  'status.podIP',
  'status.nominatedNodeName',
];
const REVIEW = ['create'];

const ROWS: Row[] = [
  { kind: 'ConfigMap', short: ['cm'], schema: `${CORE}.ConfigMap` },
  {
    kind: 'Event',
    short: ['ev'],
    schema: `${CORE}.Event`,
    fields: [...INVOLVED.map(name => `involvedObject.${name}`), ...EVENT_FIELDS],
  },
  {
    kind: 'Namespace',
    short: ['ns'],
    schema: `${CORE}.Namespace`,
    cluster: true,
    status: true,
    name: 'label',
    verbs: ALL_VERBS.filter(verb => verb !== 'deletecollection'),
    fields: ['status.phase'],
  },
  { kind: 'Node', short: ['no'], schema: `${CORE}.Node`, cluster: true, status: true, fields: ['spec.unschedulable'] },
  { kind: 'PersistentVolumeClaim', short: ['pvc'], schema: `${CORE}.PersistentVolumeClaim`, status: true },
  {
    kind: 'Pod',
    short: ['po'],
    categories: ['all'],
    schema: `${CORE}.Pod`,
    status: true,
    log: true,
    generation: true,
    fields: POD_FIELDS,
  },
  { kind: 'Secret', schema: `${CORE}.Secret`, fields: ['type'] },
  { kind: 'Service', short: ['svc'], categories: ['all'], schema: `${CORE}.Service`, status: true, name: 'label' },
  { kind: 'ServiceAccount', short: ['sa'], schema: `${CORE}.ServiceAccount` },
  {
    group: 'apps',
    kind: 'Deployment',
    short: ['deploy'],
    categories: ['all'],
    schema: 'io.k8s.api.apps.v1.Deployment',
    status: true,
    scale: true,
    generation: true,
  },
  {
    group: 'apps',
    kind: 'ReplicaSet',
    short: ['rs'],
    categories: ['all'],
    schema: 'io.k8s.api.apps.v1.ReplicaSet',
    status: true,
    scale: true,
    generation: true,
    fields: ['status.replicas'],
  },
  { group: 'coordination.k8s.io', kind: 'Lease', schema: 'io.k8s.api.coordination.v1.Lease' },
  {
    group: 'networking.k8s.io',
    kind: 'NetworkPolicy',
    plural: 'networkpolicies',
    short: ['netpol'],
    schema: 'io.k8s.api.networking.v1.NetworkPolicy',
    generation: true,
  },
  {
    group: 'policy',
    kind: 'PodDisruptionBudget',
    short: ['pdb'],
    schema: 'io.k8s.api.policy.v1.PodDisruptionBudget',
    status: true,
    generation: true,
  },
  ...(['ClusterRoleBinding', 'ClusterRole', 'RoleBinding', 'Role'] as const).map(
    (kind): Row => ({
      group: RBAC,
      kind,
      schema: `io.k8s.api.rbac.v1.${kind}`,
      name: 'path-segment',
      ...(kind.startsWith('Cluster') && { cluster: true }),
    }),
  ),
  {
    group: 'apiextensions.k8s.io',
    kind: 'CustomResourceDefinition',
    short: ['crd', 'crds'],
    categories: ['api-extensions'],
    schema: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition',
    cluster: true,
    status: true,
    generation: true,
  },
  {
    group: 'authorization.k8s.io',
    kind: 'SelfSubjectAccessReview',
    schema: 'io.k8s.api.authorization.v1.SelfSubjectAccessReview',
    cluster: true,
    verbs: REVIEW,
  },
  {
    group: 'authorization.k8s.io',
    kind: 'SelfSubjectRulesReview',
    schema: 'io.k8s.api.authorization.v1.SelfSubjectRulesReview',
    cluster: true,
    verbs: REVIEW,
  },
  {
    group: 'authentication.k8s.io',
    kind: 'SelfSubjectReview',
    schema: 'io.k8s.api.authentication.v1.SelfSubjectReview',
    cluster: true,
    verbs: REVIEW,
  },
];

/** Every built-in type that is served. */
export function builtinTypes(): ResourceType[] {
  return ROWS.map(toType);
}

function toType(row: Row): ResourceType {
  const { group = '', version = 'v1', kind } = row;
  const plural = row.plural ?? `${kind.toLowerCase()}s`;
  const schema = builtinSchema(row.schema);
  return {
    group,
    version,
    plural,
    singular: kind.toLowerCase(),
    kind,
    listKind: `${kind}List`,
    namespaced: !row.cluster,
    shortNames: row.short ?? [],
    categories: row.categories ?? [],
    verbs: row.verbs ?? ALL_VERBS,
    storageKey: `${group}/${plural}`,
    isCustom: false,
    nameRule: row.name ?? 'subdomain',
    hasStatus: row.status ?? false,
    hasGeneration: row.generation ?? false,
    scale: row.scale && {
      specReplicas: ['spec', 'replicas'],
      statusReplicas: ['status', 'replicas'],
      selector: undefined,
    },
    hasLog: row.log ?? false,
    fields: selectableFields(row.fields ?? []),
    table: BUILTIN_TABLES[`${group}/${plural}`],
    schema,
    decode: object => decodeBuiltin(object, schema),
    setDefaults: defaultsOf(group, plural),
    validate: validationOf(group, plural),
  };
}
