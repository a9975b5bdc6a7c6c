import { expect } from 'chai';
import type { Isolation, Run, RuntimeSpec } from '../../../crds/v1alpha1/index.ts';
import { survivorsOf, uniqueSleep } from '../../acceptance/harness/survivors.ts';
import { sh, useWorld } from '../../acceptance/harness/world.ts';
import { useInstallation } from '../harness/installation.ts';
import { PROBE, VICTIM } from '../harness/probe.ts';

/** What a program may reach, tier by tier: the table of docs/threat-model.md. Nothing else may show. */
const REACHES: Record<Isolation, string[]> = {
  SharedUser: [
    'a signal to its neighbour',
    'a signal to the server',
    'environment of its neighbour',
    'files of its neighbour by its process',
    'memory of its neighbour',
    'workspace of its neighbour',
  ],
  UserPerSlot: [],
  PodPerRun: ['a signal to the server'],
};

for (const [isolation, reaches] of Object.entries(REACHES) as [Isolation, string[]][]) {
  describe(`isolation ${isolation}, tried by a program`, () => {
    useInstallation();
    const replicas = isolation === 'PodPerRun' ? 2 : 1;
    const world = useWorld(`isolation-${isolation.toLowerCase()}`, { bash: false });
    const env = { KRT_OF_THE_SERVER: 'secret' };

    before(async function () {
      this.timeout(120_000);
      const labels = { 'pod-security.kubernetes.io/enforce': isolation === 'UserPerSlot' ? 'baseline' : 'restricted' };
      await world.clients.namespaces.patch(world.namespace, undefined, { metadata: { labels } });
      const container = {
        name: 'runtime',
        imagePullPolicy: 'IfNotPresent',
        env: Object.entries(env).map(([name, value]) => ({ name, value })),
      };
      const spec: Partial<RuntimeSpec> = {
        replicas,
        isolation,
        capacity: {},
        template: { spec: { containers: [container] } },
      };
      await world.addRuntime('bash', spec);
    });

    const logOf = async ({ metadata }: Run) => (await world.krt(['logs', metadata.name!])).stdout.trimEnd().split('\n');

    it('reaches what the threat model says, and nothing else', async () => {
      const victim = await world.reaches(
        await world.submit(sh(VICTIM, { env: { KRT_OF_A_NEIGHBOUR: 'secret' } })),
        'Running',
      );
      const args = [`${victim.metadata.uid}.1`];
      const probe = await world.ended(await world.submit(sh(PROBE, { args, timeout: '60s' })));
      expect(probe.status, JSON.stringify(probe.status)).to.include({ phase: 'Succeeded' });
      expect(await logOf(probe)).to.deep.equal([...reaches, 'looked'].sort());
      expect((await world.reaches(victim.metadata.name!, 'Running')).status?.attempt).to.equal(1);
      await world.cancel(victim.metadata.name!);
      await world.ended(victim.metadata.name!);
    });

    it('gives it no privilege and no user that anybody else has', async () => {
      await world.ready('bash', replicas);
      const script = "id -u; grep -E '^(CapEff|NoNewPrivs|Seccomp):' /proc/self/status | tr -d '\\t'";
      const [uid, ...rest] = await logOf(await world.ended(await world.submit(sh(script))));
      expect(rest).to.deep.equal(['CapEff:0000000000000000', 'NoNewPrivs:1', 'Seccomp:2']);
      if (isolation === 'UserPerSlot') expect(Number(uid)).to.be.above(60_000).and.not.equal(65_532);
      else expect(uid).to.equal('65532');
    });

    it('ends what it started though it tampers with its own mark', async () => {
      if (isolation === 'PodPerRun') return; // the Pod ends, and all that is in it
      const marker = uniqueSleep();
      const escaping = '(ulimit -x 5; setsid sleep "$1" </dev/null >/dev/null 2>&1 &)';
      const there = 'until grep -qsa "$1" /proc/[0-9]*/cmdline; do :; done';
      await world.ended(await world.submit(sh(`${escaping}\n${there}`, { args: [marker] })));
      expect(await survivorsOf(marker, world)).to.equal('');
    });

    it('takes results of any kind from it', async () => {
      await world.ready('bash', replicas);
      const script =
        'echo a=1 >>$KRUNTIME_OUTPUTS; umask 077; mkdir -p deep/er; chmod 0 deep; echo out >/dev/stdout; echo x >/tmp/x';
      const run = await world.ended(await world.submit(sh(script)));
      expect(run.status).to.deep.include({ phase: 'Succeeded', outputs: { a: '1' } });
      expect(await logOf(run)).to.deep.equal(['out']);
    });

    it('is told by krt runtime describe', async () => {
      const { stdout } = await world.krt(['runtime', 'describe', 'bash']);
      expect(stdout).to.match(new RegExp(`^Isolation: +${isolation}$`, 'm'));
    });
  });
}

describe('isolation UserPerSlot, where the template does not let it be', () => {
  useInstallation();
  const world = useWorld('frozen', { bash: false });

  it('makes no Pod ready: what is asked for is what there is', async () => {
    const { clients, namespace } = world;
    const container = {
      name: 'runtime',
      image: 'kruntimes-bash-runtime:latest',
      imagePullPolicy: 'IfNotPresent',
      securityContext: { runAsUser: 65532, runAsNonRoot: true, capabilities: { drop: ['ALL'] } },
    };
    const spec = { isolation: 'UserPerSlot' as const, template: { spec: { containers: [container] } } };
    await clients.runtimes.create({ metadata: { name: 'bash', namespace }, spec });
    const pod = await world.pods.until('a Pod that runs', () =>
      world.pods.all().find(({ status }) => status?.containerStatuses?.every(({ state }) => state?.['running'])),
    );
    const said = async () => (await world.kubectl(['logs', pod.metadata.name!, '-c', 'runtime'])).stdout;
    await world.runtimes.until('its words', () => world.pods.get(pod.metadata.name!));
    for (let i = 0; i < 100 && !(await said()).includes('may not switch users'); i++);
    expect(await said()).to.include('may not switch users: without CAP_CHOWN');
    expect(world.runtimes.get('bash')?.status?.readyReplicas ?? 0).to.equal(0);
  });
});
