import { type ApiObject, fill, isObject, type JsonObject, objectsIn } from '../../object.ts';

/** The defaults that Kubernetes sets on the spec of a Pod or a template, as far as anything here reads or shows them. */
export function defaultPodSpec(spec: unknown): void {
  if (!isObject(spec)) return;
  fill(spec, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  });
  // below 0 it means at once, which is told as one second
  if ((spec['terminationGracePeriodSeconds'] as number) < 0) spec['terminationGracePeriodSeconds'] = 1;
  if (spec['serviceAccountName'] !== undefined) fill(spec, { serviceAccount: spec['serviceAccountName'] });
  for (const container of containersOf(spec)) defaultContainer(container);
  for (const volume of objectsIn(spec['volumes'])) defaultVolume(volume);
}

/** The same for a Pod of its own, with what admission adds to it. */
export function defaultPod(object: ApiObject): void {
  if (!isObject(object['spec'])) object['spec'] = {};
  const spec = object['spec'] as JsonObject;
  fill(spec, { serviceAccountName: 'default', enableServiceLinks: true });
  defaultPodSpec(spec);
  for (const { resources } of containersOf(spec)) {
    if (isObject(resources) && isObject(resources['limits']))
      resources['requests'] = { ...resources['limits'], ...(resources['requests'] as JsonObject | undefined) };
  }
  fill(spec, { priority: 0, preemptionPolicy: 'PreemptLowerPriority', tolerations: [] });
  const tolerations = spec['tolerations'] as JsonObject[];
  for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) {
    if (tolerations.some(toleration => toleration['key'] === key)) continue;
    tolerations.push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 });
  }
  if (!isObject(object['status'])) object['status'] = {};
  fill(object['status'] as JsonObject, { phase: 'Pending', qosClass: qosClass(spec) });
}

const containersOf = (spec: JsonObject) => [...objectsIn(spec['containers']), ...objectsIn(spec['initContainers'])];

function qosClass(spec: JsonObject): string {
  const all = containersOf(spec).map(({ resources }) => (isObject(resources) ? resources : {}));
  const isSet = (resources: JsonObject) => Boolean(resources['requests'] ?? resources['limits']);
  if (!all.some(isSet)) return 'BestEffort';
  const isGuaranteed = ({ requests, limits }: JsonObject) =>
    ['cpu', 'memory'].every(
      name => isObject(limits) && isObject(requests) && limits[name] !== undefined && limits[name] === requests[name],
    );
  return all.every(isGuaranteed) ? 'Guaranteed' : 'Burstable';
}

function defaultContainer(container: JsonObject): void {
  fill(container, {
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: pullPolicy(String(container['image'] ?? '')),
    resources: {},
  });
  for (const port of objectsIn(container['ports'])) fill(port, { protocol: 'TCP' });
  for (const { valueFrom } of objectsIn(container['env'])) {
    if (isObject(valueFrom)) defaultFieldRef(valueFrom);
  }
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = container[name];
    if (!isObject(probe)) continue;
    fill(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
    defaultHandler(probe);
  }
  const { lifecycle } = container;
  for (const handler of isObject(lifecycle) ? Object.values(lifecycle) : []) {
    if (isObject(handler)) defaultHandler(handler);
  }
}

function defaultHandler({ httpGet, grpc }: JsonObject): void {
  if (isObject(httpGet)) fill(httpGet, { path: '/', scheme: 'HTTP' });
  if (isObject(grpc)) fill(grpc, { service: '' });
}

function defaultFieldRef({ fieldRef }: JsonObject): void {
  if (isObject(fieldRef)) fill(fieldRef, { apiVersion: 'v1' });
}

function pullPolicy(image: string): string {
  const tag = /:([^/:@]+)$/.exec(image)?.[1];
  return image.includes('@') || (tag !== undefined && tag !== 'latest') ? 'IfNotPresent' : 'Always';
}

function defaultVolume(volume: JsonObject): void {
  if (Object.keys(volume).length === 1) volume['emptyDir'] = {};
  const { projected, secret, configMap, downwardAPI, hostPath } = volume;
  for (const source of [projected, secret, configMap, downwardAPI]) {
    if (isObject(source)) fill(source, { defaultMode: 420 });
  }
  if (isObject(hostPath)) fill(hostPath, { type: '' });
  defaultDownward(downwardAPI);
  for (const source of isObject(projected) ? objectsIn(projected['sources']) : []) {
    const { serviceAccountToken: token } = source;
    if (isObject(token)) fill(token, { expirationSeconds: 3600 });
    defaultDownward(source['downwardAPI']);
  }
}

function defaultDownward(source: unknown): void {
  if (isObject(source)) for (const item of objectsIn(source['items'])) defaultFieldRef(item);
}
