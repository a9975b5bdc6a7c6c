import { type ApiObject, fill, isObject, type JsonObject, objectsIn } from '../object.ts';
import { defaultPod, defaultPodSpec } from './pod/pod-defaults.ts';
import type { ResourceType } from './resource-type.ts';

function defaultTemplate(spec: JsonObject): void {
  fill(spec, { template: {} });
  const template = spec['template'] as JsonObject;
  fill(template, { spec: {} });
  defaultPodSpec(template['spec']);
}

const specOf = (object: ApiObject): JsonObject => {
  if (!isObject(object['spec'])) object['spec'] = {};
  return object['spec'] as JsonObject;
};

const DEFAULTS: Record<string, ResourceType['setDefaults']> = {
  '/pods': defaultPod,
  '/namespaces': object => {
    object.metadata.labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name ?? '' };
    fill(specOf(object), { finalizers: ['kubernetes'] });
    if (!isObject(object['status'])) object['status'] = {};
    fill(object['status'] as JsonObject, { phase: 'Active' });
  },
  '/persistentvolumeclaims': object => {
    fill(specOf(object), { volumeMode: 'Filesystem' });
    fill(object, { status: { phase: 'Pending' } });
  },
  '/secrets': object => {
    const plain = object['stringData'];
    if (isObject(plain)) {
      const encoded = Object.entries(plain).map(([k, v]) => [k, Buffer.from(String(v)).toString('base64')]);
      object['data'] = { ...(object['data'] as JsonObject | undefined), ...Object.fromEntries(encoded) };
      delete object['stringData'];
    }
    fill(object, { type: 'Opaque' });
  },
  '/services': object => {
    const spec = specOf(object);
    fill(spec, { type: 'ClusterIP', sessionAffinity: 'None', clusterIP: 'None' });
    for (const port of objectsIn(spec['ports'])) fill(port, { protocol: 'TCP', targetPort: port['port'] });
  },
  '/events': object => {
    fill(object, { source: {}, reportingComponent: '', reportingInstance: '' });
  },
  'apps/deployments': object => {
    const spec = specOf(object);
    fill(spec, {
      replicas: 1,
      strategy: {},
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    });
    const strategy = spec['strategy'] as JsonObject;
    fill(strategy, { type: 'RollingUpdate' });
    if (strategy['type'] === 'RollingUpdate') {
      fill(strategy, { rollingUpdate: {} });
      fill(strategy['rollingUpdate'] as JsonObject, { maxUnavailable: '25%', maxSurge: '25%' });
    }
    defaultTemplate(spec);
    object['status'] ??= {};
  },
  'apps/replicasets': object => {
    const spec = specOf(object);
    fill(spec, { replicas: 1 });
    defaultTemplate(spec);
    object['status'] ??= { replicas: 0 };
  },
  'networking.k8s.io/networkpolicies': object => {
    const spec = specOf(object);
    fill(spec, { policyTypes: spec['egress'] === undefined ? ['Ingress'] : ['Ingress', 'Egress'] });
    for (const rule of [...objectsIn(spec['ingress']), ...objectsIn(spec['egress'])]) {
      for (const port of objectsIn(rule['ports'])) fill(port, { protocol: 'TCP' });
    }
  },
  'rbac.authorization.k8s.io/rolebindings': defaultBinding,
  'rbac.authorization.k8s.io/clusterrolebindings': defaultBinding,
  'apiextensions.k8s.io/customresourcedefinitions': object => {
    const spec = specOf(object);
    fill(spec, { conversion: { strategy: 'None' } });
    const names = spec['names'];
    if (isObject(names)) {
      const kind = String(names['kind'] ?? '');
      fill(names, { singular: kind.toLowerCase(), listKind: `${kind}List` });
    }
  },
};

function defaultBinding(object: ApiObject): void {
  for (const subject of objectsIn(object['subjects'])) {
    if (subject['kind'] !== 'ServiceAccount') fill(subject, { apiGroup: 'rbac.authorization.k8s.io' });
  }
  if (isObject(object['roleRef'])) fill(object['roleRef'], { apiGroup: 'rbac.authorization.k8s.io' });
}

/** The defaults of a built-in type; nothing where it has none that matter. */
export function defaultsOf(group: string, plural: string): ResourceType['setDefaults'] {
  return DEFAULTS[`${group}/${plural}`] ?? (() => undefined);
}
