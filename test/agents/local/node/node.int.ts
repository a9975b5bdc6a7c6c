import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { makeNodeWorld } from './world.ts';

/** Goes on when the test makes the file, in the directory that it shares with the container. */
const until = (file: string) => `until [ -e "$S/${file}" ]; do sleep 0.01; done`;

describe('the process node', function () {
  this.timeout(60_000);
  let world: Awaited<ReturnType<typeof makeNodeWorld>>;
  beforeEach(async () => {
    world = await makeNodeWorld();
  });
  afterEach(() => world.end());

  const make = (file: string) => writeFileSync(join(world.shared, file), '');
  const take = (file: string) => rmSync(join(world.shared, file));
  const shared = (file: string) => readFileSync(join(world.shared, file), 'utf8');
  const appears = async (file: string) => {
    while (!existsSync(join(world.shared, file))) await world.clock.sleep(5);
  };

  describe('runs a Pod', () => {
    it('that nobody has taken, tells that it is ready, and shows what it says', async () => {
      const name = await world.create('echo "hello $HOSTNAME"; echo oops >&2; exec sleep 600');
      const pod = await world.pods.until(
        'ready',
        () => world.condition(name, 'Ready') === 'True' && world.pods.get(name),
      );
      expect(pod.spec.nodeName).to.equal('local');
      expect(pod.status).to.include({ phase: 'Running', podIP: '127.0.0.1' });
      expect(world.container(name)).to.include({ ready: true, started: true, restartCount: 0 });
      while (!(await world.says(name)).includes('oops')) await world.clock.sleep(5);
      expect(await world.log(name)).to.equal('hello \noops\n');
      const events = await world.events(name);
      expect(events).to.deep.equal(['Started: Container main started']);
    });

    it('with the program of its image, whose stdin ends with the node where it asks for that', async () => {
      const [plain, lifeline] = [
        await world.create(undefined),
        await world.create(undefined, { image: 'lifeline:v1' }),
      ];
      for (const name of [plain, lifeline]) await world.ready(name);
      expect(await world.says(plain)).to.equal('default\n');
      expect(await world.says(lifeline)).to.equal('exit with stdin: 1\n');
    });

    it('to its end, once and for all', async () => {
      const [good, bad] = await Promise.all([
        world.create('echo done', {}, { restartPolicy: 'Never' }),
        world.create('exit 3', {}, { restartPolicy: 'Never' }),
      ]);
      expect(await world.phase(good)).to.equal('Succeeded');
      expect(await world.phase(bad)).to.equal('Failed');
      expect(world.container(bad)?.state?.['terminated']).to.include({ exitCode: 3, reason: 'Error' });
      expect(await world.log(good)).to.equal('done\n');
      await world.stopNode();
      await world.startNode();
      world.clock.skip(3_600_000);
      expect(world.container(good)?.restartCount).to.equal(0);
      expect(await world.log(good), 'after a restart of the node').to.equal('done\n');
    });

    it('again until it succeeds', async () => {
      const name = await world.create(
        '[ -e "$S/again" ] || { touch "$S/again"; exit 1; }',
        {},
        { restartPolicy: 'OnFailure' },
      );
      expect(await world.phase(name)).to.equal('Succeeded');
      expect(world.container(name)).to.include({ restartCount: 1 });
      expect(world.container(name)?.lastState?.['terminated']).to.include({ exitCode: 1 });
    });

    it('init containers first, one after another', async () => {
      const init = (id: string, script: string) => ({
        ...{ name: id, image: 'sh', command: ['/bin/sh', '-c', script] },
        ...{ env: [{ name: 'S', value: '/shared' }], volumeMounts: [{ name: 'shared', mountPath: '/shared' }] },
      });
      const inits = [init('one', `${until('go')}; echo one >> "$S/order"`), init('two', 'echo two >> "$S/order"')];
      const name = await world.create('echo main >> "$S/order"; exec sleep 600', {}, { initContainers: inits });
      await world.reaches(name, 'waiting', 'PodInitializing');
      expect(world.status(name)?.phase).to.equal('Pending');
      expect(world.condition(name, 'Initialized')).to.equal('False');
      make('go');
      await world.ready(name);
      await appears('order');
      while (!shared('order').includes('main')) await world.clock.sleep(5);
      expect(shared('order')).to.equal('one\ntwo\nmain\n');
    });

    it('of its own alone', async () => {
      const other = await world.create('touch "$S/ran"', {}, { nodeName: 'elsewhere' });
      const own = await world.create('exec sleep 600', {}, { nodeName: 'local' });
      await world.ready(own);
      expect(world.status(other)?.phase ?? 'Pending').to.equal('Pending');
      expect(readdirSync(world.shared)).to.deep.equal([]);
    });
  });

  describe('restarts a container that crashes', () => {
    it('at once, then after a back-off, and keeps the log of the one before', async () => {
      const name = await world.create(
        `echo "start $(ls "$S" | wc -l)"; ${until('go')}; mktemp "$S/XXXXXX" >/dev/null; exit 7`,
      );
      await world.ready(name);
      make('go');
      const pod = await world.reaches(name, 'waiting', 'CrashLoopBackOff');
      const [status] = pod.status!.containerStatuses!;
      expect(status).to.include({ restartCount: 1, ready: false });
      expect(status!.state!['waiting']!['message']).to.match(/^back-off 10s restarting failed container=main pod=p-/);
      expect(status!.lastState!['terminated']).to.include({ exitCode: 7, reason: 'Error' });
      expect(await world.log(name, { previous: true }), 'of the last that ended').to.equal('start 2\n');
      expect(await world.log(name)).to.equal('start 2\n');
      take('go');
      world.clock.skip(9_000);
      expect(world.container(name)?.restartCount, 'too early').to.equal(1);
      world.clock.skip(1_000);
      await world.pods.until('the second restart', () => world.container(name)?.restartCount === 2);
      await world.ready(name);
      expect(await world.says(name)).to.equal('start 2\n');
      expect(await world.log(name, { previous: true })).to.equal('start 2\n');
    });

    it('also where it can not be started at all, and says why', async () => {
      const name = await world.create('true', { env: [{ name: 'LARGE', value: 'x'.repeat(200_000) }] });
      const pod = await world.reaches(name, 'waiting', 'CrashLoopBackOff');
      const { terminated } = pod.status!.containerStatuses![0]!.lastState!;
      expect(terminated).to.include({ exitCode: 128, reason: 'StartError', message: 'spawn E2BIG' });
    });
  });

  describe('probes', () => {
    const exec = (file: string, more: object = {}) => ({
      exec: { command: ['test', '-e', `/shared/${file}`] },
      ...{ periodSeconds: 1, timeoutSeconds: 30, failureThreshold: 1, ...more },
    });
    /** Time goes on until it is so. */
    const passUntil = async (what: string, probe: () => unknown) => {
      const over = world.pods.until(what, () => Boolean(probe()) && true);
      let isOver = false;
      void over.then(
        () => (isOver = true),
        () => (isOver = true),
      );
      while (!isOver) {
        world.clock.skip(1_000);
        await world.clock.sleep(20);
      }
      await over;
    };

    it('readiness, for as long as it runs', async () => {
      const name = await world.create('exec sleep 600', { readinessProbe: exec('ready') });
      await world.reaches(name, 'running');
      expect(world.condition(name, 'Ready')).to.equal('False');
      make('ready');
      await passUntil('ready', () => world.condition(name, 'Ready') === 'True');
      take('ready');
      await passUntil('not ready', () => world.condition(name, 'Ready') === 'False');
      expect(world.container(name)).to.include({ ready: false, restartCount: 0 });
      expect((await world.events(name)).filter(text => text.startsWith('Unhealthy'))).to.have.length(1);
    });

    it('life, and restarts what fails it', async () => {
      make('alive');
      const name = await world.create('exec sleep 600', { livenessProbe: exec('alive') });
      await world.ready(name);
      take('alive');
      await passUntil('a restart', () => world.container(name)?.restartCount === 1);
      make('alive');
      expect(world.container(name)?.lastState?.['terminated']).to.include({ exitCode: 143 });
      const events = (await world.events(name)).filter(text => text.startsWith('Killing'));
      expect(events).to.have.length(1);
      expect(events[0]).to.match(/^Killing: Container main failed liveness probe, will be restarted/);
    });

    it('life, and kills what does not end within its grace', async () => {
      make('alive');
      const grace = { terminationGracePeriodSeconds: 7 };
      const name = await world.create('trap \'\' TERM; touch "$S/up"; while :; do sleep 0.01; done', {
        livenessProbe: exec('alive', grace),
      });
      await appears('up');
      take('alive');
      await passUntil('a restart', () => world.container(name)?.restartCount === 1);
      make('alive');
      expect(world.container(name)?.lastState?.['terminated']).to.include({ exitCode: 137 });
    });

    it('the start, before anything else', async () => {
      const probes = {
        startupProbe: exec('started', { failureThreshold: 1000 }),
        readinessProbe: exec('ready'),
        livenessProbe: exec('alive'),
      };
      const name = await world.create('exec sleep 600', probes);
      make('ready');
      await world.reaches(name, 'running');
      world.clock.skip(5_000);
      await world.clock.sleep(50);
      expect(world.container(name)).to.include({ started: false, ready: false, restartCount: 0 });
      make('alive');
      make('started');
      await passUntil('ready', () => world.condition(name, 'Ready') === 'True');
      expect(world.container(name)).to.include({ started: true, restartCount: 0 });
    });
  });

  describe('ends a Pod that is deleted', () => {
    const TRAP = `trap 'echo "ended" > "$S/ended"; exit 0' TERM; touch "$S/up"; while :; do sleep 0.01; done`;
    const STUBBORN = `trap '' TERM; touch "$S/up"; while :; do sleep 0.01; done`;

    it('with SIGTERM, and leaves nothing of it', async () => {
      const name = await world.create(TRAP);
      await appears('up');
      const { uid } = world.pods.get(name)!.metadata;
      await world.clients.pods.delete(name, 'default');
      await world.isGone(name);
      expect(shared('ended')).to.equal('ended\n');
      expect(world.processes()).to.deep.equal([]);
      expect(existsSync(world.files.dir(uid!))).to.equal(false);
    });

    it('by force when its grace is over, not before', async () => {
      const name = await world.create(STUBBORN, {}, { terminationGracePeriodSeconds: 100 });
      await appears('up');
      await world.beginDelete(name);
      world.clock.skip(99_000);
      await world.clock.sleep(50);
      expect(world.processes()).to.not.deep.equal([]);
      world.clock.skip(1_000);
      await world.isGone(name);
      expect(world.processes()).to.deep.equal([]);
    });

    it('sooner where a second deletion says so', async () => {
      const name = await world.create(STUBBORN, {}, { terminationGracePeriodSeconds: 3600 });
      await appears('up');
      await world.beginDelete(name);
      await world.clients.pods.delete(name, 'default', { gracePeriodSeconds: 1 });
      await world.isGone(name);
      expect(world.processes()).to.deep.equal([]);
    });

    it('without a grace too', async () => {
      const name = await world.create(STUBBORN);
      await appears('up');
      await world.clients.pods.delete(name, 'default', { gracePeriodSeconds: 0 });
      await world.isGone(name);
      world.clock.skip(2_000);
      while (world.processes().length > 0) await world.clock.sleep(5);
    });

    it('with all that its programs have left behind', async () => {
      const apart =
        'setsid sh -c "touch \\"$S/apart\\"; exec sleep 600" & until [ -e "$S/apart" ]; do sleep 0.01; done';
      const name = await world.create(`${apart}; ${TRAP}`);
      await appears('up');
      expect(world.processes().length).to.be.at.least(2);
      await world.clients.pods.delete(name, 'default');
      await world.isGone(name);
      expect(world.processes()).to.deep.equal([]);
    });

    it('that has yet to start', async () => {
      const name = await world.create('true', { envFrom: [{ configMapRef: { name: 'none' } }] });
      await world.reaches(name, 'waiting', 'CreateContainerConfigError');
      await world.clients.pods.delete(name, 'default');
      await world.isGone(name);
    });
  });

  describe('lets a container wait', () => {
    const configMap = (data: Record<string, string>) =>
      world.clients.transport.json({
        ...{ method: 'POST', path: '/api/v1/namespaces/default/configmaps' },
        body: { metadata: { name: 'app' }, data },
      });

    it('whose ConfigMap is not there, until it is', async () => {
      const name = await world.create('echo "$mode"; exec sleep 600', { envFrom: [{ configMapRef: { name: 'app' } }] });
      const pod = await world.reaches(name, 'waiting', 'CreateContainerConfigError');
      expect(pod.status!.containerStatuses![0]!.state!['waiting']!['message']).to.equal('configmap "app" not found');
      await configMap({ mode: 'fast' });
      world.clock.skip(2_000);
      await world.ready(name);
      expect(await world.says(name)).to.equal('fast\n');
    });

    it('while the others run, on the ports that both know', async () => {
      const told = { name: 'KRT_RUNTIME_PORT', value: '19091' };
      const late = {
        ...{ name: 'late', image: 'sh', command: ['/bin/sh', '-c', 'echo "$KRT_RUNTIME_PORT"; exec sleep 600'] },
        ...{ env: [told], envFrom: [{ configMapRef: { name: 'app' } }] },
      };
      const pod = await world.clients.pods.create({
        metadata: { name: 'both', namespace: 'default' },
        spec: {
          containers: [
            {
              name: 'main',
              image: 'sh',
              command: ['/bin/sh', '-c', 'echo "$KRT_RUNTIME_PORT"; exec sleep 600'],
              env: [told],
            },
            late,
          ],
        },
      });
      const both = pod.metadata.name!;
      const waits = () => world.status(both)?.containerStatuses?.[1]?.state?.['waiting']?.['reason'];
      await world.pods.until('one waits', () => waits() === 'CreateContainerConfigError');
      await configMap({ mode: 'fast' });
      world.clock.skip(2_000);
      await world.ready(both);
      const port = async (container: string) => Number(await world.says(both, { container }));
      expect(await port('late'))
        .to.equal(await port('main'))
        .and.to.be.within(20_000, 31_999);
    });

    it('whose volume can not be made, and tells why', async () => {
      const name = await world.create('true', {}, { volumes: [{ name: 'shared', configMap: { name: 'app' } }] });
      await world.pods.until('a reason', () => world.container(name)?.state?.['waiting']?.['message']);
      expect(await world.events(name)).to.deep.equal(['FailedMount: configmap "app" not found']);
      await configMap({ file: 'text' });
      world.clock.skip(2_000);
      await world.reaches(name, 'waiting', 'CrashLoopBackOff');
    });

    it('whose image this machine has not', async () => {
      const name = await world.create('true', { image: 'python:3' });
      const pod = await world.reaches(name, 'waiting', 'ErrImagePull');
      expect(pod.status!.containerStatuses![0]!.state!['waiting']!['message']).to.match(
        /^image "python:3" is not known/,
      );
      world.clock.skip(10_000);
      await world.reaches(name, 'waiting', 'ImagePullBackOff');
      expect(world.status(name)?.phase).to.equal('Pending');
      const error = await world.log(name).catch((error: Error) => error.message);
      expect(error).to.match(/is waiting to start/);
    });
  });

  describe('stops', () => {
    it('with all its processes, and takes up its Pods again when it is started', async () => {
      const name = await world.create(`echo "run"; trap 'exit 0' TERM; touch "$S/up"; while :; do sleep 0.01; done`);
      await world.ready(name);
      await appears('up');
      await world.stopNode();
      expect(world.processes()).to.deep.equal([]);
      await world.ready(name, false);
      expect(world.status(name)?.phase).to.equal('Running');
      take('up');
      await world.startNode();
      await world.ready(name);
      expect(world.container(name)).to.include({ restartCount: 1 });
      expect(world.container(name)?.lastState?.['terminated']).to.include({ exitCode: 0, reason: 'Completed' });
      expect(await world.log(name, { previous: true })).to.match(/^run\n/);
      await appears('up');
    });

    it('by force when the grace is over, which a second call may shorten', async () => {
      await world.create(`trap '' TERM; touch "$S/up"; while :; do sleep 0.01; done`);
      await appears('up');
      const stopped = world.stopNode(3_600_000);
      await world.clock.sleep(20);
      expect(world.processes()).to.not.deep.equal([]);
      await world.stopNode(0);
      await stopped;
      expect(world.processes()).to.deep.equal([]);
    });

    it('and starts nothing that comes meanwhile', async () => {
      await world.create(`trap '' TERM; touch "$S/up"; while :; do sleep 0.01; done`);
      await appears('up');
      const stopped = world.stopNode(3_600_000);
      const late = await world.create('touch "$S/late"; exec sleep 600');
      await world.pods.until('it is known', () => world.pods.get(late));
      await world.clock.sleep(50);
      await world.stopNode(0);
      await stopped;
      expect(existsSync(join(world.shared, 'late'))).to.equal(false);
      expect(world.processes()).to.deep.equal([]);
      await world.startNode();
      await appears('late');
    });

    it('and forgets, at the next start, the files of Pods that are gone', async () => {
      const name = await world.create('exec sleep 600');
      await world.ready(name);
      const { uid } = world.pods.get(name)!.metadata;
      await world.stopNode();
      await world.clients.pods.delete(name, 'default', { gracePeriodSeconds: 0 });
      await world.isGone(name);
      expect(await world.files.list()).to.deep.equal([uid]);
      await world.startNode();
      expect(await world.files.list()).to.deep.equal([]);
    });
  });

  it('writes nothing once all is as it should be', async () => {
    const name = await world.create('exec sleep 600');
    await world.ready(name);
    const before = world.pods.history(name).length;
    world.clock.skip(3_600_000);
    await world.clock.sleep(100);
    expect(world.pods.history(name)).to.have.length(before);
  });
});
