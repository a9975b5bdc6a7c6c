import { join } from 'node:path';
import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import { ApiError } from '../../../crds/client/api-error.ts';
import type { Deployment, Lease } from '../../../crds/client/resources.ts';
import { pathOf } from '../../../crds/client/resources.ts';
import type { KubeObject } from '../../../crds/v1alpha1/meta.ts';
import { FINALIZER_ARTIFACTS } from '../../../crds/v1alpha1/names.ts';
import type { EnvVar } from '../../../crds/v1alpha1/runtime.ts';
import Install from '../../../plugin/commands/install.ts';
import Uninstall from '../../../plugin/commands/uninstall.ts';
import { kindOf } from '../../../plugin/services/install/kinds.ts';
import { readManifest } from '../../../plugin/services/install/manifest.ts';
import { makeRun } from '../../builders/run.ts';
import { makeRuntime } from '../../builders/runtime.ts';
import { FakeApiServer } from '../../fakes/api-server.ts';
import { type FakeClients, makeFakeClients } from '../../fakes/clients.ts';
import { FakeClock, settle } from '../../fakes/clock.ts';
import { NOW, runCommand } from '../harness.ts';

const FOLDER = join(import.meta.dirname, '../../../install');

describe('krt install and uninstall', () => {
  let whole: KubeObject[];
  let server: FakeApiServer;
  let clients: FakeClients;
  before(async () => {
    whole = await readManifest(FOLDER, { onlyNamespace: undefined });
  });
  beforeEach(() => {
    server = new FakeApiServer(whole);
    clients = Object.defineProperty(
      makeFakeClients(() => NOW),
      'transport',
      { value: server.transport },
    );
  });
  const there = () => [...server.objects.values()];
  const put = (object: KubeObject) =>
    server.objects.set(pathOf(kindOf(object), object.metadata.namespace, object.metadata.name), object);
  const ready = (object: KubeObject): Deployment => ({
    ...(object as Deployment),
    status: { observedGeneration: 9, updatedReplicas: 2, availableReplicas: 2 },
  });
  const seedController = (namespace: string, env: readonly EnvVar[]) => {
    const copy = structuredClone(whole.find(({ kind }) => kind === 'Deployment')) as Deployment;
    copy.metadata.namespace = namespace;
    copy.spec.template.spec.containers[0]!.env = [...env];
    clients.deployments.seed(copy);
  };
  /** An object as it was made, on its way out. */
  const putDeleted = (kind: string, name: string, conditions: readonly object[] = []) => {
    const found = whole.find(object => object.kind === kind && object.metadata.name === name)!;
    const metadata = { ...found.metadata, deletionTimestamp: '2026-01-01T00:00:00Z', resourceVersion: '7' };
    put({ ...found, metadata, status: { conditions } } as KubeObject);
  };
  /** An installation that works. */
  const installed = (objects: readonly KubeObject[] = whole) => {
    for (const object of objects) {
      put(object.kind === 'Deployment' ? ready(object) : object);
      if (object.kind === 'Deployment') clients.deployments.seed(ready(object));
      const spec = { holderIdentity: 'pod-x', renewTime: new Date(NOW - 5000).toISOString() };
      if (object.kind === 'Lease') clients.leases.seed({ ...object, spec } as Lease);
    }
  };

  describe('install', () => {
    it('applies all of it in its order, namespace first, and says so as kubectl does', async () => {
      const { stdout, exitCode } = await runCommand(Install, ['--no-wait'], { clients });
      expect(exitCode).to.equal(0);
      expect(there()).to.deep.equal(whole);
      expect(stdout.split('\n')[0]).to.equal('namespace/krt-system serverside-applied');
      expect(stdout).to.include(
        '\ncustomresourcedefinition.apiextensions.k8s.io/runs.kruntimes.io serverside-applied\n',
      );
      expect(server.writes.every(({ method }) => method === 'PATCH')).to.equal(true);
    });

    it('installs for one namespace, with its own image', async () => {
      server.objects.set('/api/v1/namespaces/team-a', { metadata: { name: 'team-a' } });
      const { error } = await runCommand(
        Install,
        ['--namespaced', '-n', 'team-a', '--image', 'r.example:5/a/krt:2', '--no-wait'],
        {
          clients,
        },
      );
      expect(error).to.equal(undefined);
      const namespaces = there().map(({ metadata }) => metadata.namespace);
      expect(new Set(namespaces)).to.deep.equal(new Set([undefined, 'team-a']));
      expect(JSON.stringify(there())).not.to.include('"namespace":"krt"').and.not.include('krt-system');
      const images = there().flatMap(object => (object as Partial<Deployment>).spec?.template?.spec.containers ?? []);
      expect(images.map(({ image }) => image)).to.deep.equal(['r.example:5/a/krt:2', 'r.example:5/a/krt:2']);
    });

    for (const [title, argv, error] of [
      ['a namespace that is not there', ['--namespaced', '-n', 'none'], 'there is no namespace "none"'],
      ['-n for the whole cluster', ['-n', 'team-a'], 'krt for the whole cluster lives in krt-system'],
      ['what is no image', ['--image', 'a b'], '--image: "a b" is not an image'],
    ] as const) {
      it(`refuses ${title}, and writes nothing`, async () => {
        const { stderr, exitCode } = await runCommand(Install, [...argv], { clients });
        expect(exitCode).to.equal(64);
        expect(stderr).to.include(error);
        expect(server.writes).to.deep.equal([]);
      });
    }

    for (const [title, argv, home, env, told] of [
      ['for the cluster beside one for a namespace', [], 'team-b', [{ name: 'KRT_WATCH_NAMESPACE' }], 'team-b'],
      ['for a namespace beside one for the cluster', ['--namespaced', '-n', 'team-a'], 'krt-system', [], 'krt-system'],
      ['beside one for the cluster by another hand', [], 'ops', [], 'ops'],
    ] as const) {
      it(`refuses an installation ${title}, and writes nothing`, async () => {
        put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-a' } });
        seedController(home, env);
        const { stderr, exitCode } = await runCommand(Install, [...argv], { clients });
        expect([exitCode, server.writes]).to.deep.equal([64, []]);
        expect(stderr).to.include(`krt is installed in ${told} too: two controllers would undo each other's work`);
      });
    }

    it('installs for one namespace beside another, and where it may not look for others', async () => {
      put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-a' } });
      seedController('team-b', [{ name: 'KRT_WATCH_NAMESPACE' }]);
      const argv = ['--namespaced', '-n', 'team-a', '--no-wait'];
      expect((await runCommand(Install, argv, { clients })).exitCode).to.equal(0);
      seedController('krt-system', []);
      clients.deployments.failNext('list', new ApiError(403, { message: 'forbidden' }));
      expect((await runCommand(Install, argv, { clients })).exitCode).to.equal(0);
    });

    for (const [kind, name] of [
      ['Namespace', 'krt-system'],
      ['CustomResourceDefinition', 'runs.kruntimes.io'],
    ] as const) {
      it(`applies nothing to a ${kind} that is being deleted`, async () => {
        putDeleted(kind, name);
        const { stderr, exitCode } = await runCommand(Install, ['--no-wait'], { clients });
        expect([exitCode, server.writes]).to.deep.equal([64, []]);
        expect(stderr).to.match(/error: still being deleted: [a-z.8]+\/[a-z.-]+\ntry again once that is gone\n/);
      });
    }

    it('waits for what is being deleted, and tells what holds it when that takes too long', async () => {
      putDeleted('CustomResourceDefinition', 'runs.kruntimes.io', [
        { type: 'Terminating', status: 'True', message: 'CustomResource deletion is in progress' },
      ]);
      const clock = new FakeClock(NOW);
      const command = runCommand(Install, ['--timeout', '20s'], { clients, clock });
      while (clock.sleeping === 0) await settle();
      await clock.advance(20_000);
      const { stderr, exitCode } = await command;
      expect([exitCode, server.writes]).to.deep.equal([75, []]);
      expect(stderr).to.include(
        'still being deleted after 20s: customresourcedefinition.apiextensions.k8s.io/runs.kruntimes.io (CustomResource deletion is in progress)\n',
      );
    });

    it('writes nothing where the server lacks a kind', async () => {
      server.withdraw('validatingadmissionpolicies');
      const { stderr, exitCode } = await runCommand(Install, [], { clients });
      expect(exitCode).to.equal(64);
      expect(stderr).to.include('has no ValidatingAdmissionPolicy of admissionregistration.k8s.io/v1\n');
      expect(server.writes).to.deep.equal([]);
    });

    it('says what to do where the server knows no server-side apply', async () => {
      server.before = ({ method }) => {
        if (method === 'PATCH') throw new ApiError(415, { message: 'the body is of an unsupported type' });
      };
      const { stderr } = await runCommand(Install, [], { clients });
      expect(stderr).to.include('takes no server-side apply').and.include('kubectl apply -f');
    });

    it('waits until the agents are ready', async () => {
      const deployments = whole.filter(({ kind }) => kind === 'Deployment') as Deployment[];
      for (const object of deployments) clients.deployments.seed(object);
      let done = false;
      const command = runCommand(Install, [], { clients }).then(outcome => {
        done = true;
        return outcome;
      });
      for (let i = 0; i < 20; i++) await settle();
      expect(done).to.equal(false);
      for (const object of deployments) clients.deployments.seed(ready(object));
      expect((await command).exitCode).to.equal(0);
    });

    it('gives up waiting, and says how to see why', async () => {
      for (const object of whole) if (object.kind === 'Deployment') clients.deployments.seed(object as Deployment);
      const clock = new FakeClock(NOW);
      const command = runCommand(Install, ['--timeout', '30s'], { clients, clock });
      while (clock.sleeping === 0) await settle(); // files are read in their own time
      await clock.advance(30_000);
      const { exitCode, stderr } = await command;
      expect(exitCode).to.equal(75);
      expect(stderr).to.include('not ready after 30s').and.include('krt install --check');
    });

    it('tells why, where Pods do', async () => {
      for (const object of whole) if (object.kind === 'Deployment') clients.deployments.seed(object as Deployment);
      const labels = { 'app.kubernetes.io/name': 'krt', 'app.kubernetes.io/component': 'controller' };
      const state = { waiting: { reason: 'ErrImagePull', message: 'no such image' } };
      clients.pods.seed({
        metadata: { name: 'krt-controller-x', namespace: 'krt-system', labels },
        spec: { containers: [] },
        status: { containerStatuses: [{ name: 'controller', ready: false, restartCount: 0, image: '', state }] },
      });
      const clock = new FakeClock(NOW);
      const command = runCommand(Install, ['--timeout', '30s'], { clients, clock });
      while (clock.sleeping === 0) await settle();
      await clock.advance(30_000);
      expect((await command).stderr).to.include(
        'not ready after 30s: Pod krt-controller-x: ErrImagePull: no such image\n',
      );
    });

    it('shows a file to apply, without a cluster', async () => {
      const cluster = () => Promise.reject(new Error('no cluster'));
      const { stdout } = await runCommand(Install, ['--dry-run=client', '-o', 'yaml'], { cluster });
      expect(parseAllDocuments(stdout, { version: '1.1' }).map(document => document.toJS())).to.deep.equal(whole);
      const named = await runCommand(Install, ['--dry-run=client'], { cluster });
      expect(named.stdout).to.match(/^namespace\/krt-system serverside-applied \(dry run\)\n/);
      const json = await runCommand(Install, ['--dry-run=client', '-o', 'json', '--namespaced', '-n', 'x'], {
        cluster,
      });
      expect(JSON.parse(json.stdout).items.length).to.be.greaterThan(10);
    });
  });

  describe('install --check', () => {
    it('is content with an installation that works', async () => {
      installed();
      const condition = {
        type: 'Available',
        status: 'True' as const,
        reason: 'X',
        message: '',
        lastTransitionTime: '',
      };
      clients.runtimes.seed({ ...makeRuntime('bash').obj(), status: { readyReplicas: 1, conditions: [condition] } });
      const { stdout, exitCode } = await runCommand(Install, ['--check', '-n', 'team-a'], { clients });
      expect(stdout).to.include('ok     Kubernetes v1.37.0 serves all that krt needs\n');
      expect(stdout).to.include(`ok     all ${whole.length} objects of the installation are as krt has them\n`);
      expect(stdout).to.include('ok     deployment.apps/krt-scheduler is led by pod-x\n');
      expect(stdout).to.include('ok     you may run programs in namespace team-a\n');
      expect(stdout)
        .to.match(/Runtime bash in namespace default: 1 of \d Pods are ready\n/)
        .and.match(/\nkrt is well\n$/);
      expect([exitCode, server.writes]).to.deep.equal([0, []]);
    });

    it('says in one line that nothing is there', async () => {
      const { stdout, exitCode } = await runCommand(Install, ['--check'], { clients });
      expect(exitCode).to.equal(69);
      expect(stdout).to.equal(
        'ok     Kubernetes v1.37.0 serves all that krt needs\n' +
          'wrong  krt is not installed here: nothing of it is there\n' +
          '       -> krt install\n1 thing is wrong\n',
      );
    });

    it('names what is missing, what was changed, and what you may not', async () => {
      installed();
      const role = whole.find(({ kind, metadata }) => kind === 'ClusterRole' && metadata.name === 'krt-scheduler')!;
      put({ ...role, rules: [] } as KubeObject);
      const namespace = whole.find(({ kind }) => kind === 'Namespace')!;
      put({ ...namespace, metadata: { name: 'krt-system', labels: { 'app.kubernetes.io/name': 'krt' } } });
      for (const path of server.objects.keys())
        if (path.endsWith('/networkpolicies/krt-agents')) server.objects.delete(path);
      server.denied.add('create runs');
      const { stdout, exitCode } = await runCommand(Install, ['--check', '-o', 'json'], { clients });
      const wrongs = (JSON.parse(stdout) as { level: string; what: string }[]).filter(({ level }) => level === 'wrong');
      expect(wrongs.map(({ what }) => what)).to.deep.equal([
        'namespace/krt-system is not as this krt has it: metadata.labels.pod-security.kubernetes.io/audit',
        'clusterrole.rbac.authorization.k8s.io/krt-scheduler is not as this krt has it: rules',
        'networkpolicy.networking.k8s.io/krt-agents is missing',
        'you may not create runs in namespace default',
      ]);
      expect(exitCode).to.equal(69);
    });

    it('goes on where it may not look', async () => {
      installed();
      server.before = ({ path }) => {
        if (path.includes('/clusterroles/')) throw new ApiError(403, { message: 'forbidden' });
      };
      clients.runtimes.failNext('list', new ApiError(403, { message: 'forbidden' }));
      const { stdout } = await runCommand(Install, ['--check'], { clients });
      expect(stdout).to.match(/hidden 5 of \d\d objects of the installation: you may not read them, so krt can't tell/);
      expect(stdout).to.match(/\nnothing that you may see is wrong\n$/);
    });

    it('tells an ordinary user what concerns them: their rights, and the Runtimes of their namespace', async () => {
      installed();
      clients.runtimes.seed(makeRuntime('bash').obj());
      server.before = ({ method, path }) => {
        if (method === 'GET' && /\/(krt-|runs\.|runtimes\.)/.test(path))
          throw new ApiError(403, { message: 'forbidden' });
      };
      const forbidden = new ApiError(403, { message: 'forbidden' });
      clients.deployments.failNext('list', forbidden);
      clients.runtimes.failNext('list', forbidden);
      const { stdout, exitCode } = await runCommand(Install, ['--check'], { clients });
      expect(stdout.split('\n').slice(1)).to.deep.equal([
        `hidden ${whole.length} of ${whole.length} objects of the installation: you may not read them, so krt can't tell whether all is well there`,
        'wrong  Runtime bash in namespace default was not looked at by the controller yet',
        'ok     you may run programs in namespace default',
        '1 thing is wrong',
        '',
      ]);
      expect(exitCode).to.equal(69);
      clients.runtimes.failNext('list', forbidden);
      clients.runtimes.failNext('list', forbidden);
      expect((await runCommand(Install, ['--check'], { clients })).stdout).to.include(
        'hidden Runtimes: you may not look at them\n',
      );
    });

    it('says that two installations serve the same, and that a part is being deleted', async () => {
      installed();
      seedController('team-b', []);
      putDeleted('CustomResourceDefinition', 'runs.kruntimes.io');
      const { stdout, exitCode } = await runCommand(Install, ['--check'], { clients });
      expect(exitCode).to.equal(69);
      expect(stdout)
        .to.include('wrong  krt is installed in team-b too')
        .and.include('wrong  customresourcedefinition.apiextensions.k8s.io/runs.kruntimes.io is being deleted\n');
    });

    it('knows the embedded default, which has krt in it', async () => {
      server.version = 'v1.37.2+krt-local';
      server.withdraw('validatingadmissionpolicies');
      const { stdout, exitCode } = await runCommand(Install, ['--check'], { clients });
      expect(exitCode).to.equal(0);
      expect(stdout).to.match(/^ok {5}this is the embedded default: krt is in it, and there is nothing to install\n/);
    });

    it('says that a CRD is not served', async () => {
      installed();
      const crd = whole.find(({ metadata }) => metadata.name === 'runs.kruntimes.io')!;
      const conditions = [{ type: 'NamesAccepted', status: 'False', message: 'the name rn is taken' }];
      put({ ...crd, status: { conditions } } as KubeObject);
      expect((await runCommand(Install, ['--check'], { clients })).stdout).to.include(
        'runs.kruntimes.io is not served: the name rn is taken',
      );
    });
  });

  describe('uninstall', () => {
    const kinds = () => new Set(there().map(({ kind }) => kind));

    it('leaves CRDs, Runtimes and Runs, and says so', async () => {
      installed();
      clients.runs.seed(makeRun('a').obj());
      clients.runtimes.seed(makeRuntime('bash').obj());
      const { stdout, stderr, exitCode } = await runCommand(Uninstall, [], { clients });
      expect(exitCode).to.equal(0);
      expect(kinds()).to.deep.equal(new Set(['CustomResourceDefinition']));
      expect(stdout)
        .to.match(/^networkpolicy.networking.k8s.io\/krt-agents deleted\n/)
        .and.match(/namespace\/krt-system deleted\n$/);
      expect(stderr).to.include('1 Runtime, whose Pods go on, and 1 Run;').and.include(': krt uninstall --all\n');
    });

    it('leaves krt-system where people have Runs in it', async () => {
      installed();
      clients.runs.seed(makeRun('a').namespace('krt-system').obj());
      await runCommand(Uninstall, [], { clients });
      expect(kinds()).to.deep.equal(new Set(['CustomResourceDefinition', 'Namespace']));
    });

    it('takes all away with --all, and names what finalizers hold', async () => {
      installed();
      const run = makeRun('a').obj();
      clients.runs.seed({ ...run, kind: 'Run', metadata: { ...run.metadata, finalizers: ['example.com/mine'] } });
      const { stderr } = await runCommand(Uninstall, ['--all'], { clients });
      expect(there()).to.deep.equal([]);
      expect(stderr)
        .to.include('Run default/a stays until its finalizers (example.com/mine) are gone')
        .and.include('kubectl patch run a');
    });

    it('leaves no Run that waits for an agent to delete its artifacts', async () => {
      installed();
      const finalizers = [FINALIZER_ARTIFACTS];
      clients.runs.seed(makeRun('a').meta({ finalizers }).obj());
      clients.runs.seed(makeRun('b').meta({ finalizers, deletionTimestamp: '2026-01-01T00:00:00Z' }).obj());
      clients.runs.failNext('patch', new ApiError(409, { reason: 'Conflict' }));
      const { stderr } = await runCommand(Uninstall, ['--all'], { clients });
      expect(clients.runs.all().map(({ metadata }) => [metadata.name, metadata.finalizers])).to.deep.equal([['a', []]]);
      expect(stderr)
        .to.include('left: what 2 Runs had in the ArtifactStores of their Runtimes\n')
        .and.not.include('stays until');
    });

    it('does not take the CRDs from other installations', async () => {
      installed();
      const [one] = clients.deployments.all();
      clients.deployments.seed({ ...one!, metadata: { ...one!.metadata, namespace: 'team-b' } });
      const { stderr, exitCode } = await runCommand(Uninstall, ['--all'], { clients });
      expect([exitCode, server.writes]).to.deep.equal([64, []]);
      expect(stderr).to.include('in other namespaces too: team-b');
    });

    it('leaves what installations for one namespace share', async () => {
      installed(await readManifest(FOLDER, { onlyNamespace: 'team-a' }));
      await runCommand(Uninstall, ['--namespaced', '-n', 'team-a'], { clients });
      expect(there().every(({ metadata }) => metadata.namespace === undefined)).to.equal(true);
      expect(kinds()).to.include('ClusterRole').and.include('ValidatingAdmissionPolicy');
    });

    it('touches nothing of the embedded default', async () => {
      installed();
      server.withdraw('validatingadmissionpolicies');
      const { stderr, exitCode } = await runCommand(Uninstall, ['--all'], { clients });
      expect([exitCode, server.writes]).to.deep.equal([64, []]);
      expect(stderr).to.include('the embedded default of "krt local up" has krt in it already');
    });

    it('is no error where krt is not', async () => {
      clients.runs.failNext('list', new ApiError(404, { message: 'not found' }));
      const { stderr, exitCode } = await runCommand(Uninstall, [], { clients });
      expect([stderr, exitCode]).to.deep.equal(['krt is not installed here: nothing was deleted\n', 0]);
    });
  });
});
