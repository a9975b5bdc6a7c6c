import { expect } from 'chai';
import { requireHelm, runHelm } from './helm.ts';
import { byName, installed, objectsOf } from './objects.ts';

const CHART = 'install/helm/krt';

/** What the chart makes of values, but for its tests. */
async function template(namespace: string, ...args: string[]) {
  const { stdout } = await runHelm(['template', 'krt', CHART, '-n', namespace, ...args]);
  return objectsOf(stdout).filter(({ metadata }) => !metadata.annotations?.['helm.sh/hook']);
}
/** helm makes the Namespace itself, where it is told to. */
const withoutNamespace = (file: string) => installed(file).filter(({ kind }) => kind !== 'Namespace');

describe('the Helm chart', () => {
  requireHelm();

  const overlays: [file: string, namespace: string, args: string[]][] = [
    ['install.yaml', 'krt-system', []],
    ['install-namespaced.yaml', 'krt', ['--set', 'scope=namespace']],
  ];
  for (const [file, namespace, args] of overlays) {
    it(`renders the objects of ${file}`, async () => {
      const rendered = await template(namespace, '--set', 'crds.keep=false', ...args);
      expect(byName(rendered)).to.deep.equal(byName(withoutNamespace(file)));
    });
  }

  it('keeps the CRDs when it is uninstalled, unless told otherwise', async () => {
    const crds = (await template('x')).filter(({ kind }) => kind === 'CustomResourceDefinition');
    const policies = crds.map(({ metadata }) => metadata.annotations?.['helm.sh/resource-policy']);
    expect(policies).to.deep.equal(['keep', 'keep']);
  });

  it('leaves out what is turned off', async () => {
    const off = ['crds', 'admissionPolicy', 'peopleRoles', 'networkPolicy', 'podDisruptionBudget'];
    const rendered = await template('x', '--set', off.map(part => `${part}.install=false`).join(','));
    const kinds = new Set(rendered.map(({ kind }) => kind));
    expect([...kinds].sort()).to.deep.equal([
      'ClusterRole',
      'ClusterRoleBinding',
      'Deployment',
      'Lease',
      'Role',
      'RoleBinding',
      'Service',
      'ServiceAccount',
    ]);
    const roles = rendered.filter(({ kind }) => kind === 'ClusterRole').map(({ metadata }) => metadata.name);
    expect(roles).to.deep.equal(['krt-controller', 'krt-scheduler']);
  });

  it('puts every value where it belongs', async () => {
    const values = {
      image: { repository: 'mirror.example:5000/krt-agents', tag: '9', pullPolicy: 'Always' },
      imagePullSecrets: [{ name: 'pull' }],
      replicas: 3,
      logLevel: 'debug',
      controller: { resources: { limits: { memory: '1Gi' } } },
      nodeSelector: { pool: 'system' },
      tolerations: [{ key: 'system', operator: 'Exists' }],
      priorityClassName: 'high',
      podAnnotations: { team: 'platform' },
    };
    const args = Object.entries(values).flatMap(([key, value]) => ['--set-json', `${key}=${JSON.stringify(value)}`]);
    const deployments = (await template('x', ...args)).filter(({ kind }) => kind === 'Deployment');
    expect(deployments).to.have.lengthOf(2);
    for (const { spec } of deployments) {
      const pod = spec.template.spec;
      expect(spec.replicas).to.equal(3);
      expect(spec.template.metadata.annotations).to.deep.equal(values.podAnnotations);
      const { imagePullSecrets, nodeSelector, tolerations, priorityClassName } = values;
      expect(pod).to.deep.include({ imagePullSecrets, nodeSelector, tolerations, priorityClassName });
      expect(pod.containers[0]).to.deep.include({
        image: 'mirror.example:5000/krt-agents:9',
        imagePullPolicy: 'Always',
      });
      expect(pod.containers[0].env).to.deep.include({ name: 'KRT_LOG_LEVEL', value: 'debug' });
    }
    expect(deployments[0]?.spec.template.spec.containers[0].resources.limits.memory).to.equal('1Gi');
  });

  const refused: [value: string, told: RegExp][] = [
    ['scope=galaxy', /scope/],
    ['replicas=0', /replicas/],
    ['image.repository=krt-agents:1', /repository/],
    ['imageTag=1', /imageTag/],
    ['crds.instal=true', /instal/],
  ];
  for (const [value, told] of refused) {
    it(`refuses ${value}`, async () => {
      const { exitCode, stderr } = await runHelm(['template', 'krt', CHART, '--set', value], { reject: false });
      expect(exitCode).to.equal(1);
      expect(stderr).to.match(told);
    });
  }

  it('passes helm lint', async () => {
    await runHelm(['lint', '--strict', CHART]);
  });
});
