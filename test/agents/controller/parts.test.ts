import { expect } from 'chai';
import { desiredDeployment } from '../../../agents/controller/desired-deployment.ts';
import { desiredNetworkPolicy } from '../../../agents/controller/desired-network-policy.ts';
import { desiredRole, desiredRoleBinding, desiredServiceAccount } from '../../../agents/controller/desired-rbac.ts';
import { hasDrifted, hashOf, stamped } from '../../../agents/controller/drift.ts';
import { isPodGone, lostPatch } from '../../../agents/controller/lost-run.ts';
import { notReadySince } from '../../../agents/controller/not-ready.ts';
import { CONTROLLER_RULES } from '../../../agents/controller/rbac.ts';
import { deletionDue } from '../../../agents/controller/run-gc.ts';
import { computeStatus, type Observed } from '../../../agents/controller/runtime-status.ts';
import { slimRun } from '../../../agents/controller/slim.ts';
import type { Pod } from '../../../crds/client/resources.ts';
import type { RunReason } from '../../../crds/v1alpha1/reasons.ts';
import type { Container } from '../../../crds/v1alpha1/runtime.ts';
import { makePod } from '../../builders/pod.ts';
import { makeRun } from '../../builders/run.ts';
import { makeRuntime, type RuntimeBuilder } from '../../builders/runtime.ts';

const podSpecOf = (runtime: RuntimeBuilder) =>
  desiredDeployment(runtime.obj(), { image: 'agents:1' }).spec.template.spec;
const container = (runtime: RuntimeBuilder, name: string): Container =>
  podSpecOf(runtime).containers.find(found => found.name === name)!;
const env = ({ env: list = [] }: Container) => Object.fromEntries(list.map(({ name, value }) => [name, value]));

describe('desiredDeployment', () => {
  it('labels and annotates its Pods so that the scheduler finds them and their slots', () => {
    const { template, selector, replicas } = desiredDeployment(makeRuntime().obj(), { image: 'agents:1' }).spec;
    expect(replicas).to.equal(2);
    expect(template.metadata?.labels).to.deep.equal({ runtime: 'bash', 'kruntimes.io/runtime': 'bash' });
    expect(template.metadata?.annotations).to.deep.equal({
      'kruntimes.io/capacity': '{"runs":4}',
      'kruntimes.io/isolation': 'SharedUser',
    });
    expect(selector).to.deep.equal({ matchLabels: { 'kruntimes.io/runtime': 'bash' } });
  });

  it('keeps each warm Pod until its successor is ready', () => {
    const { strategy } = desiredDeployment(makeRuntime().obj(), { image: 'agents:1' }).spec;
    expect(strategy).to.deep.equal({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: '25%' } });
  });

  it('adds runtimed behind the containers of the user, with all that it reads', () => {
    const spec = podSpecOf(
      makeRuntime().podSpec({ containers: [{ name: 'runtime', ports: [{ containerPort: 7 }] }, { name: 'x' }] }),
    );
    expect(spec.containers.map(({ name }) => name)).to.deep.equal(['runtime', 'x', 'runtimed']);
    const sidecar = spec.containers[2]!;
    expect(sidecar.image).to.equal('agents:1');
    expect(env(sidecar)).to.deep.include({ KRT_RUNTIME_PORT: '7', KRT_SLOTS: '{"runs":4}', KRT_HEALTH_PORT: '19092' });
    expect(sidecar.volumeMounts?.map(({ mountPath }) => mountPath)).to.include('/krt/state');
    expect(env(spec.containers[0]!)).to.deep.equal({
      KRT_RUNTIME_PORT: '7',
      KRT_AUTH_DIR: '/krt/auth',
      KRT_WORKSPACE_DIR: '/krt/workspace',
      KRT_ISOLATION: 'SharedUser',
      KRT_LIMITS: '{"processes":512,"disk":10737418240}',
    });
  });

  it('tells both containers the tier of isolation, and the Runtime Server what one Run may use, in bytes', () => {
    const limits = { memory: '64Mi', processes: 7, disk: '1Gi' };
    const runtime = makeRuntime().spec({ isolation: 'PodPerRun', capacity: {}, limits });
    expect(env(container(runtime, 'runtime'))).to.include({
      KRT_ISOLATION: 'PodPerRun',
      KRT_LIMITS: '{"memory":67108864,"processes":7,"disk":1073741824}',
    });
    expect(env(container(runtime, 'runtimed'))).to.include({ KRT_ISOLATION: 'PodPerRun', KRT_SLOTS: '{"runs":1}' });
  });

  it('mounts the claim for artifacts into runtimed alone', () => {
    const runtime = makeRuntime().spec({ artifactStore: { filesystem: { volumeClaimName: 'results' } } });
    const spec = podSpecOf(runtime);
    const volume = spec.volumes?.find(({ name }) => name === 'krt-artifacts');
    expect(volume).to.deep.equal({ name: 'krt-artifacts', persistentVolumeClaim: { claimName: 'results' } });
    const mounted = spec.containers.filter(({ volumeMounts }) =>
      volumeMounts?.some(({ name }) => name === 'krt-artifacts'),
    );
    expect(mounted.map(({ name }) => name)).to.deep.equal(['runtimed']);
    expect(env(container(runtime, 'runtimed'))).to.include({ KRT_ARTIFACTS_DIR: '/krt/artifacts' });
    expect(env(container(runtime, 'runtime'))).not.to.have.property('KRT_ARTIFACTS_DIR');
  });

  it('tells runtimed alone of a bucket, and where its credentials are', () => {
    const bucket = { bucket: 'krt', endpoint: 'https://s3.example.com', forcePathStyle: true };
    const withSecret = makeRuntime().spec({ artifactStore: { s3: { ...bucket, credentialsSecretName: 'keys' } } });
    const { env: list = [] } = container(withSecret, 'runtimed');
    expect(JSON.parse(list.find(({ name }) => name === 'KRT_ARTIFACTS_S3')!.value!)).to.deep.equal(bucket);
    const ref = (key: string, more = {}) => ({ secretKeyRef: { name: 'keys', key, ...more } });
    expect(list.filter(({ name }) => name.startsWith('AWS_'))).to.deep.equal([
      { name: 'AWS_ACCESS_KEY_ID', valueFrom: ref('AWS_ACCESS_KEY_ID') },
      { name: 'AWS_SECRET_ACCESS_KEY', valueFrom: ref('AWS_SECRET_ACCESS_KEY') },
      { name: 'AWS_SESSION_TOKEN', valueFrom: ref('AWS_SESSION_TOKEN', { optional: true }) },
    ]);
    const names = Object.keys(env(container(withSecret, 'runtime')));
    expect(names.filter(name => /^AWS_|S3/.test(name))).to.deep.equal([]);
    const without = container(makeRuntime().spec({ artifactStore: { s3: bucket } }), 'runtimed');
    expect(Object.keys(env(without)).filter(name => /^AWS_/.test(name))).to.deep.equal([]);
  });

  it('mounts nothing for artifacts where no claim is named', () => {
    expect(podSpecOf(makeRuntime()).volumes?.map(({ name }) => name)).not.to.include('krt-artifacts');
    expect(env(container(makeRuntime(), 'runtimed'))).not.to.have.property('KRT_ARTIFACTS_DIR');
  });

  it('gives the token of the API server to runtimed alone', () => {
    const spec = podSpecOf(makeRuntime().podSpec({ automountServiceAccountToken: true }));
    expect(spec.automountServiceAccountToken).to.equal(false);
    const mounted = spec.containers.filter(({ volumeMounts }) =>
      volumeMounts?.some(({ name }) => name === 'krt-token'),
    );
    expect(mounted.map(({ name }) => name)).to.deep.equal(['runtimed']);
    const auth = spec.containers[0]!.volumeMounts?.find(({ name }) => name === 'krt-auth');
    expect(auth).to.deep.include({ readOnly: true });
  });

  it('never rewrites what the user has set', () => {
    const runtime: Container = {
      name: 'runtime',
      image: 'i',
      imagePullPolicy: 'Never',
      env: [{ name: 'KRT_RUNTIME_PORT', value: '1' }],
      securityContext: { runAsUser: 7 },
    };
    const given = { fsGroup: 5, runAsNonRoot: false };
    const spec = podSpecOf(
      makeRuntime().podSpec({ containers: [runtime], terminationGracePeriodSeconds: 9, securityContext: given }),
    );
    expect(spec).to.deep.include({ terminationGracePeriodSeconds: 9 });
    expect(spec['securityContext']).to.deep.equal({ ...given, seccompProfile: { type: 'RuntimeDefault' } });
    expect(env(spec.containers[0]!)).to.deep.include({ KRT_RUNTIME_PORT: '1' });
    expect(spec.containers[0]).to.deep.include({
      image: 'i',
      imagePullPolicy: 'Never',
      securityContext: { runAsUser: 7, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    });
  });

  it('does not ask for a non-root user where the user asks for root', () => {
    const asRoot = { name: 'runtime', securityContext: { runAsUser: 0 } };
    expect(podSpecOf(makeRuntime().podSpec({ containers: [asRoot] }))['securityContext']).not.to.have.property(
      'runAsNonRoot',
    );
    expect(podSpecOf(makeRuntime())['securityContext']).to.deep.include({ runAsNonRoot: true, fsGroup: 65532 });
  });

  it('lets programs go on for what the Pod’s grace leaves, where the user says one', () => {
    const graces = (seconds: number) => {
      const runtime = makeRuntime().podSpec({ terminationGracePeriodSeconds: seconds });
      const { KRT_GRACE_SECONDS: grace } = env(container(runtime, 'runtimed'));
      const { KRT_SHUTDOWN_SECONDS: shutdown } = env(container(runtime, 'runtime'));
      return [grace, shutdown];
    };
    expect(graces(3600)).to.deep.equal(['3590', '3590']);
    expect(graces(5)).to.deep.equal(['0', '0']);
    expect(env(container(makeRuntime(), 'runtimed'))).not.to.have.property('KRT_GRACE_SECONDS');
  });

  it('moves its health port out of the way of the user', () => {
    const runtime = makeRuntime().podSpec({ containers: [{ name: 'runtime', ports: [{ containerPort: 19092 }] }] });
    expect(container(runtime, 'runtimed').ports?.[0]?.containerPort).to.equal(19093);
    expect(env(container(runtime, 'runtimed'))).to.include({ KRT_HEALTH_PORT: '19093' });
  });

  it('takes the workspace volume of the Runtime', () => {
    const workspace = { persistentVolumeClaim: { claimName: 'c' } };
    const find = (runtime: RuntimeBuilder) => podSpecOf(runtime).volumes?.find(({ name }) => name === 'krt-workspace');
    expect(find(makeRuntime().spec({ workspace }))).to.deep.equal({ name: 'krt-workspace', ...workspace });
    expect(find(makeRuntime())).to.deep.equal({ name: 'krt-workspace', emptyDir: {} });
  });
});

describe('desired RBAC objects', () => {
  it('bind the ServiceAccount of the Pods to what runtimed needs', () => {
    expect(desiredServiceAccount(makeRuntime().obj())?.metadata.name).to.equal('krt-runtime-bash');
    const named = makeRuntime().podSpec({ serviceAccountName: 'mine' }).obj();
    expect(desiredServiceAccount(named)).to.equal(undefined);
    expect(desiredRoleBinding(named).subjects).to.deep.equal([
      { kind: 'ServiceAccount', name: 'mine', namespace: 'default' },
    ]);
    expect(desiredRoleBinding(named).roleRef.name).to.equal(desiredRole(named).metadata.name);
  });

  it('grant nothing that the controller does not have itself', () => {
    const has = new Set(
      CONTROLLER_RULES.flatMap(rule => rule.resources.flatMap(r => rule.verbs.map(v => `${r} ${v}`))),
    );
    const granted = desiredRole(makeRuntime().obj()).rules.flatMap(rule =>
      rule.resources.flatMap(r => rule.verbs.map(v => `${r} ${v}`)),
    );
    expect(granted.filter(right => !has.has(right))).to.deep.equal([]);
  });
});

describe('desiredNetworkPolicy', () => {
  const open = (runtime: RuntimeBuilder) => desiredNetworkPolicy(runtime.obj()).spec.ingress?.[0]?.ports;
  const health = { protocol: 'TCP', port: 19092 };

  it('lets nobody reach the Runtime Server', () => {
    const { podSelector, policyTypes } = desiredNetworkPolicy(makeRuntime().obj()).spec;
    expect(podSelector).to.deep.equal({ matchLabels: { 'kruntimes.io/runtime': 'bash' } });
    expect(policyTypes).to.deep.equal(['Ingress']);
    expect(open(makeRuntime())).to.deep.equal([health]);
  });

  it('leaves the other ports of the template open', () => {
    const runtime = { name: 'runtime', ports: [{ containerPort: 7 }, { containerPort: 8, protocol: 'UDP' }] };
    const proxy = { name: 'proxy', ports: [{ containerPort: 9 }] };
    expect(open(makeRuntime().podSpec({ containers: [runtime, proxy] }))).to.deep.equal([
      { protocol: 'UDP', port: 8 },
      { protocol: 'TCP', port: 9 },
      health,
    ]);
  });
});

describe('hasDrifted', () => {
  const desired = stamped(desiredDeployment(makeRuntime().obj(), { image: 'agents:1' }));
  const live = { ...desired, metadata: { ...desired.metadata, generation: 4 }, spec: { ...desired.spec, more: 1 } };

  it('is false for what was last written, whatever the server made of it', () => {
    expect(hasDrifted(desired, live, { goodGeneration: 4 })).to.equal(false);
  });

  it('is true for a new wish, for a spec that another hand has changed, and when nothing is known', () => {
    const other = stamped(desiredDeployment(makeRuntime().replicas(9).obj(), { image: 'agents:1' }));
    expect(hasDrifted(other, live, { goodGeneration: 4 })).to.equal(true);
    expect(hasDrifted(desired, live, { goodGeneration: 3 })).to.equal(true);
    expect(hasDrifted(desired, live, {})).to.equal(true);
  });

  it('hashes the same for the same, in any order', () => {
    expect(hashOf({ a: 1, b: [{ c: 2, d: 3 }] })).to.equal(hashOf({ b: [{ d: 3, c: 2 }], a: 1 }));
    expect(hashOf([1, 2])).not.to.equal(hashOf([2, 1]));
  });
});

describe('computeStatus', () => {
  const runtime = makeRuntime().obj();
  const deployment = desiredDeployment(runtime, { image: 'agents:1' });
  const done = { observedGeneration: 1, replicas: 2, updatedReplicas: 2, readyReplicas: 2 };
  const failure = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'exceeded quota' };
  const late = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'late' };
  const waiting = (reason: string): Pod['status'] => ({
    conditions: [],
    containerStatuses: [
      { name: 'runtime', ready: false, restartCount: 3, image: 'x:1', state: { waiting: { reason, message: 'm' } } },
    ],
  });
  const both = [makePod('p').obj(), makePod('q').obj()];
  const cases: [string, Partial<Observed>, Record<string, string>][] = [
    [
      'nothing yet',
      {},
      { Available: 'False/NoReadyPod', Progressing: 'True/RollingOut', Degraded: 'False/AsExpected' },
    ],
    [
      'all is well',
      { deployment: { ...deployment, status: done }, pods: both },
      { Available: 'True/PodsReady', Progressing: 'False/Complete', Degraded: 'False/AsExpected' },
    ],
    [
      'a new template is rolled out',
      { deployment: { ...deployment, status: { ...done, updatedReplicas: 1 } }, pods: both },
      { Available: 'True/PodsReady', Progressing: 'True/RollingOut' },
    ],
    [
      'scaled to 0',
      {
        runtime: makeRuntime().replicas(0).obj(),
        deployment: { ...deployment, status: { replicas: 0, updatedReplicas: 0 } },
      },
      { Available: 'False/ScaledToZero', Progressing: 'False/Complete' },
    ],
    ['a refused template', { refusal: { reason: 'Invalid', message: 'no' } }, { Degraded: 'True/Invalid' }],
    [
      'Pods that can not be made',
      { deployment: { ...deployment, status: { conditions: [failure] } } },
      { Degraded: 'True/FailedCreate' },
    ],
    [
      'a rollout that is late',
      { deployment: { ...deployment, status: { conditions: [late] } } },
      { Degraded: 'True/ProgressDeadlineExceeded' },
    ],
    [
      'an image that is not there',
      { pods: [makePod('p').status(waiting('ErrImagePull')).obj()] },
      { Degraded: 'True/PodFailing' },
    ],
    [
      'a container that starts',
      { pods: [makePod('p').status(waiting('ContainerCreating')).obj()] },
      { Degraded: 'False/AsExpected' },
    ],
  ];
  for (const [title, observed, wanted] of cases) {
    it(`tells that of: ${title}`, () => {
      const { conditions } = computeStatus({ runtime, deployment: undefined, pods: [], used: 0, now: 0, ...observed });
      const told = Object.fromEntries(conditions!.map(({ type, status, reason }) => [type, `${status}/${reason}`]));
      expect(told).to.deep.include(wanted);
    });
  }

  it('says the same of a pull that fails, however it is called, so that it is written once', () => {
    const tell = (reason: string) =>
      computeStatus({ runtime, deployment, pods: [makePod('p').status(waiting(reason)).obj()], used: 0, now: 0 });
    expect(tell('ErrImagePull')).to.deep.equal(tell('ImagePullBackOff'));
  });

  it('counts slots of ready Pods only', () => {
    const pods = [makePod('p').obj(), makePod('q').capacity({ runs: 2 }).obj(), makePod('r').notReady().obj()];
    expect(computeStatus({ runtime, deployment, pods, used: 5, now: 0 }).slots).to.deep.equal({ total: 6, used: 5 });
  });
});

describe('isPodGone', () => {
  const ended = (state: Record<string, Record<string, unknown>>): Pod['status'] => ({
    phase: 'Failed',
    containerStatuses: [{ name: 'runtime', ready: false, restartCount: 0, image: 'x', state }],
  });
  const cases: [string, Pod | undefined, boolean][] = [
    ['there is none', undefined, true],
    ['another has its name', makePod('p').meta({ uid: 'other' }).obj(), true],
    ['it runs', makePod('p').obj(), false],
    ['it is being deleted', makePod('p').deleting().obj(), false],
    ['it is not ready', makePod('p').notReady().obj(), false],
    [
      'it failed, a container runs',
      makePod('p')
        .status(ended({ running: {} }))
        .obj(),
      false,
    ],
    [
      'it failed, its containers have ended',
      makePod('p')
        .status(ended({ terminated: {} }))
        .obj(),
      true,
    ],
    ['it failed before it started', makePod('p').status({ phase: 'Failed' }).obj(), true],
  ];
  for (const [title, pod, gone] of cases) {
    it(`is ${gone} when ${title}`, () => expect(isPodGone(pod, 'uid-p')).to.equal(gone));
  }
});

describe('lostPatch', () => {
  const policy = (maxAttempts: number, retryableReasons?: RunReason[]) => ({
    retryPolicy: { maxAttempts, ...(retryableReasons && { retryableReasons }) },
  });
  const cases: [string, ReturnType<typeof makeRun>, string, string | undefined][] = [
    ['no policy', makeRun('a'), 'Failed', 'PodLost'],
    ['attempts left', makeRun('a').spec(policy(2)), 'Pending', undefined],
    ['PodLost among the reasons', makeRun('a').spec(policy(2, ['PodLost'])), 'Pending', undefined],
    ['PodLost not among the reasons', makeRun('a').spec(policy(2, ['ExitCode'])), 'Failed', 'PodLost'],
    ['cancelled', makeRun('a').spec(policy(2)).cancelled(), 'Cancelled', 'Cancelled'],
  ];
  for (const [title, run, phase, reason] of cases) {
    it(`makes a Run ${phase} with ${title}`, () => {
      const patch = lostPatch(run.running('p').obj(), 0, 0);
      expect(patch.phase).to.equal(phase);
      expect(patch.reason).to.equal(reason);
      expect(patch.attempts).to.have.length(1);
    });
  }

  it('keeps the last ten attempts', () => {
    const attempts = Array.from({ length: 10 }, (_, i) => ({ attempt: i + 1, reason: 'ExitCode' as const }));
    const run = makeRun('a').running('p').status({ attempt: 11, attempts }).obj();
    expect(lostPatch(run, 0, 0).attempts?.map(({ attempt }) => attempt)).to.deep.equal([
      2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
    ]);
  });
});

describe('deletionDue', () => {
  const ttl = (seconds: number) => makeRun('a').spec({ ttlSecondsAfterFinished: seconds });
  it('is the end plus the time-to-live, for ended Runs that have one', () => {
    expect(deletionDue(ttl(60).ended('Failed', '1970-01-01T00:00:01.500000Z').obj())).to.equal(61_500);
    expect(deletionDue(ttl(0).ended('Failed', '1970-01-01T00:00:01Z').obj())).to.equal(1000);
    expect(deletionDue(ttl(60).running('p').obj())).to.equal(undefined);
    expect(deletionDue(makeRun('a').ended().obj())).to.equal(undefined);
    expect(deletionDue(ttl(60).ended().meta({ deletionTimestamp: 'x' }).obj())).to.equal(undefined);
  });
});

describe('notReadySince', () => {
  it('is the time of the Ready condition, or of creation where there is none', () => {
    expect(notReadySince(makePod('p').obj())).to.equal(undefined);
    expect(notReadySince(makePod('p').notReady('1970-01-01T00:00:07Z').obj())).to.equal(7000);
    const fresh = makePod('p').status({ conditions: [] }).meta({ creationTimestamp: '1970-01-01T00:00:03Z' });
    expect(notReadySince(fresh.obj())).to.equal(3000);
  });
});

describe('slimRun of the controller', () => {
  it('keeps next to nothing of a Run that has ended', () => {
    const run = makeRun('a')
      .running('p')
      .ended()
      .spec({ ttlSecondsAfterFinished: 5 })
      .status({ outputs: { a: 'b' }, reason: 'Completed' });
    const { spec, status } = slimRun(run.obj());
    expect(spec).to.deep.equal({ runtime: 'bash', ttlSecondsAfterFinished: 5 });
    expect(status).to.deep.equal({
      phase: 'Succeeded',
      reason: 'Completed',
      completionTime: '2026-01-01T00:00:01.000000Z',
    });
  });
});
