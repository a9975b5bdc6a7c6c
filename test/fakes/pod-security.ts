import type { Container, PodSpec } from '../../crds/v1alpha1/runtime.ts';

type SecurityContext = Record<string, unknown> & { capabilities?: { add?: string[]; drop?: string[] } };

const VOLUME_SOURCES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

/** What Pod Security `restricted` would say against a Pod; its rules that krt could break, the e2e suite asks the real one. */
export function restrictedViolations(spec: PodSpec): string[] {
  const pod = (spec['securityContext'] ?? {}) as SecurityContext;
  const found: string[] = [];
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) if (spec[field]) found.push(field);
  for (const volume of spec.volumes ?? []) {
    const source = Object.keys(volume).find(key => key !== 'name');
    if (source && !VOLUME_SOURCES.has(source)) found.push(`volume ${volume.name}: ${source}`);
  }
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    for (const what of containerViolations(container, pod)) found.push(`container ${container.name}: ${what}`);
  }
  return found;
}

function containerViolations(container: Container, pod: SecurityContext): string[] {
  const own = (container['securityContext'] ?? {}) as SecurityContext;
  const effective = { ...pod, ...own } as SecurityContext & { seccompProfile?: { type?: string } };
  const { add = [], drop = [] } = own.capabilities ?? {};
  const checks: [boolean, string][] = [
    [own['allowPrivilegeEscalation'] === false, 'allowPrivilegeEscalation'],
    [own['privileged'] !== true, 'privileged'],
    [drop.includes('ALL') && add.every(name => name === 'NET_BIND_SERVICE'), 'capabilities'],
    [effective['runAsNonRoot'] === true && effective['runAsUser'] !== 0, 'runAsNonRoot'],
    [['RuntimeDefault', 'Localhost'].includes(effective.seccompProfile?.type ?? ''), 'seccompProfile'],
    [(container.ports ?? []).every(port => !('hostPort' in port)), 'hostPort'],
  ];
  return checks.flatMap(([passes, what]) => (passes ? [] : [what]));
}
