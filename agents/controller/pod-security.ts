import type { Container, Isolation, PodSpec } from '../../crds/v1alpha1/runtime.ts';

type SecurityContext = Record<string, unknown>;

/**
 * The Pod's securityContext: with the container's below, what Pod Security `restricted` asks for wherever the user
 * leaves it open, so that a Runtime that says nothing of security passes in a namespace that enforces it.
 */
export function podSecurity(spec: PodSpec): SecurityContext {
  const wantsRoot = [spec, ...spec.containers, ...(spec.initContainers ?? [])].some(isRoot);
  return {
    // one group for both containers, so that runtimed can hand files over and take results
    fsGroup: 65532,
    ...(!wantsRoot && { runAsNonRoot: true }),
    seccompProfile: { type: 'RuntimeDefault' },
    ...contextOf(spec),
  };
}

/**
 * The securityContext of the container that runs the programs. One that is to be root, or privileged, keeps its
 * capabilities: without them it could not do what it was made root for.
 */
export function containerSecurity(
  container: Container,
  spec: PodSpec,
  isolation: Isolation = 'SharedUser',
): SecurityContext {
  const given = contextOf(container);
  if (isolation === 'UserPerSlot') return { ...SWITCHES_USERS, ...given };
  const { privileged, capabilities } = given as { privileged?: boolean; capabilities?: { add?: string[] } };
  const asRoot = given['runAsUser'] === undefined ? isRoot(spec) : isRoot(container);
  // the API server refuses these together with allowPrivilegeEscalation: false
  const mayEscalate = privileged || capabilities?.add?.some(name => /^(CAP_)?SYS_ADMIN$/.test(name));
  return {
    ...(!mayEscalate && { allowPrivilegeEscalation: false }),
    ...(!asRoot && !privileged && { capabilities: { drop: ['ALL'] } }),
    ...given,
  };
}

/**
 * What giving each program a user of its own takes: to become that user, to hand it its workspace and take it back,
 * and to kill what it started. Programs get nothing of it. Pod Security `baseline` allows it, `restricted` does not.
 */
const SWITCHES_USERS: SecurityContext = {
  runAsUser: 0,
  runAsNonRoot: false,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'], add: ['CHOWN', 'DAC_OVERRIDE', 'KILL', 'SETGID', 'SETUID'] },
};

const isRoot = (of: PodSpec | Container) => contextOf(of)['runAsUser'] === 0;

function contextOf(of: PodSpec | Container): SecurityContext {
  return (of['securityContext'] ?? {}) as SecurityContext;
}
