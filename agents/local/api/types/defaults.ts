import { type ApiObject, isObject, type JsonObject } from '../object.ts';
import type { ResourceType } from './resource-type.ts';

/** Sets what is absent. */
function fill(object: JsonObject, values: JsonObject): void {
  for (const [name, value] of Object.entries(values)) object[name] ??= value;
}

const objectsIn = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** The defaults that Kubernetes sets on a Pod's spec, as far as anything here reads or shows them. */
function defaultPodSpec(spec: unknown): void {
  if (!isObject(spec)) return;
  fill(spec, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  });
  if (spec['serviceAccountName'] !== undefined) fill(spec, { serviceAccount: spec['serviceAccountName'] });
  for (const container of [...objectsIn(spec['containers']), ...objectsIn(spec['initContainers'])]) {
    defaultContainer(container);
  }
  for (const volume of objectsIn(spec['volumes'])) defaultVolume(volume);
}

function defaultContainer(container: JsonObject): void {
  fill(container, {
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: pullPolicy(String(container['image'] ?? '')),
    resources: {},
  });
  for (const port of objectsIn(container['ports'])) fill(port, { protocol: 'TCP' });
  for (const variable of objectsIn(container['env'])) {
    const from = variable['valueFrom'];
    if (isObject(from) && isObject(from['fieldRef'])) fill(from['fieldRef'], { apiVersion: 'v1' });
  }
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = container[name];
    if (!isObject(probe)) continue;
    fill(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
    if (isObject(probe['httpGet'])) fill(probe['httpGet'], { path: '/', scheme: 'HTTP' });
  }
}

function pullPolicy(image: string): string {
  const tag = /:([^/:@]+)$/.exec(image)?.[1];
  return image.includes('@') || (tag !== undefined && tag !== 'latest') ? 'IfNotPresent' : 'Always';
}

function defaultVolume(volume: JsonObject): void {
  if (Object.keys(volume).length === 1) volume['emptyDir'] = {};
  const { projected, secret, configMap } = volume;
  for (const source of [projected, secret, configMap]) if (isObject(source)) fill(source, { defaultMode: 420 });
  if (!isObject(projected)) return;
  for (const source of objectsIn(projected['sources'])) {
    if (isObject(source['serviceAccountToken'])) fill(source['serviceAccountToken'], { expirationSeconds: 3600 });
  }
}

function defaultTemplate(spec: JsonObject): void {
  const template = spec['template'];
  if (isObject(template)) defaultPodSpec(template['spec']);
}

const specOf = (object: ApiObject): JsonObject => {
  if (!isObject(object['spec'])) object['spec'] = {};
  return object['spec'] as JsonObject;
};

const DEFAULTS: Record<string, ResourceType['setDefaults']> = {
  '/pods': object => {
    const spec = specOf(object);
    fill(spec, { serviceAccountName: 'default', enableServiceLinks: true });
    defaultPodSpec(spec);
    if (!isObject(object['status'])) object['status'] = {};
    fill(object['status'] as JsonObject, { phase: 'Pending', qosClass: 'BestEffort' });
  },
  '/namespaces': object => {
    object.metadata.labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name ?? '' };
    fill(specOf(object), { finalizers: ['kubernetes'] });
    if (!isObject(object['status'])) object['status'] = {};
    fill(object['status'] as JsonObject, { phase: 'Active' });
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
