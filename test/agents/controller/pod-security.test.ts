import { expect } from 'chai';
import { desiredDeployment } from '../../../agents/controller/desired-deployment.ts';
import { containerSecurity, podSecurity } from '../../../agents/controller/pod-security.ts';
import type { Container, PodSpec } from '../../../crds/v1alpha1/runtime.ts';
import { makeRuntime, type RuntimeBuilder } from '../../builders/runtime.ts';
import { restrictedViolations } from '../../fakes/pod-security.ts';

const withContext = (securityContext: object, pod: object = {}): PodSpec => ({
  containers: [{ name: 'runtime', securityContext }],
  securityContext: pod,
});
const containerOf = (spec: PodSpec) => containerSecurity(spec.containers[0] as Container, spec);
const DEFAULTS = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };

describe('the security context of a Runtime Pod', () => {
  it('passes Pod Security restricted where the Runtime says nothing of security, as in the usage guide', () => {
    const { spec } = desiredDeployment(makeRuntime().obj(), { image: 'agents:1' }).spec.template;
    expect(restrictedViolations(spec)).to.deep.equal([]);
  });

  it('is not touched in containers that are not krt’s business', () => {
    const runtime = makeRuntime().podSpec({ containers: [{ name: 'runtime' }, { name: 'proxy' }] });
    const { spec } = desiredDeployment(runtime.obj(), { image: 'agents:1' }).spec.template;
    expect(spec.containers[1]).to.deep.equal({ name: 'proxy' });
  });

  const cases: [title: string, spec: PodSpec, container: object][] = [
    ['fills in what is open', withContext({}), DEFAULTS],
    [
      'adds to other fields',
      withContext({ readOnlyRootFilesystem: true }),
      { readOnlyRootFilesystem: true, ...DEFAULTS },
    ],
    [
      'keeps capabilities as they are given',
      withContext({ capabilities: { add: ['NET_BIND_SERVICE'] } }),
      { ...DEFAULTS, capabilities: { add: ['NET_BIND_SERVICE'] } },
    ],
    [
      'keeps leave to escalate',
      withContext({ allowPrivilegeEscalation: true }),
      { ...DEFAULTS, allowPrivilegeEscalation: true },
    ],
    ['leaves a privileged container alone', withContext({ privileged: true }), { privileged: true }],
    [
      'forbids nothing that CAP_SYS_ADMIN includes',
      withContext({ capabilities: { add: ['SYS_ADMIN'] } }),
      { capabilities: { add: ['SYS_ADMIN'] } },
    ],
    ['leaves root its capabilities', withContext({ runAsUser: 0 }), { runAsUser: 0, allowPrivilegeEscalation: false }],
    ['leaves root of the Pod its capabilities', withContext({}, { runAsUser: 0 }), { allowPrivilegeEscalation: false }],
    [
      'sees a user over the root of the Pod',
      withContext({ runAsUser: 5 }, { runAsUser: 0 }),
      { runAsUser: 5, ...DEFAULTS },
    ],
  ];
  for (const [title, spec, container] of cases) {
    it(title, () => expect(containerOf(spec)).to.deep.equal(container));
  }

  it('lets a Runtime Server switch users for UserPerSlot and nothing else, unless the Runtime says otherwise', () => {
    const switches = {
      runAsUser: 0,
      runAsNonRoot: false,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'], add: ['CHOWN', 'DAC_OVERRIDE', 'KILL', 'SETGID', 'SETUID'] },
    };
    const contextOf = (runtime: RuntimeBuilder) => {
      const { spec } = desiredDeployment(runtime.obj(), { image: 'agents:1' }).spec.template;
      return spec.containers.map(({ securityContext }) => securityContext);
    };
    const [own, sidecar] = contextOf(makeRuntime().spec({ isolation: 'UserPerSlot' }));
    expect(own).to.deep.equal(switches);
    expect(sidecar).to.include({ allowPrivilegeEscalation: false }).and.not.have.any.keys('runAsUser', 'runAsNonRoot');
    const frozen = makeRuntime()
      .spec({ isolation: 'UserPerSlot' })
      .podSpec(withContext({ runAsUser: 7 }));
    expect(contextOf(frozen)[0]).to.deep.equal({ ...switches, runAsUser: 7 });
  });

  it('asks for a user other than root unless some container is to be root', () => {
    const init = { containers: [], initContainers: [{ name: 'i', securityContext: { runAsUser: 0 } }] };
    expect(podSecurity({ containers: [] })).to.deep.include({ runAsNonRoot: true });
    for (const asked of [init, withContext({ runAsUser: 0 }), withContext({}, { runAsUser: 0 })]) {
      expect(podSecurity(asked)).not.to.have.property('runAsNonRoot');
    }
  });
});
