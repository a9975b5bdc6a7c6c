import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { CONTROLLER_RULES } from '../../agents/controller/rbac.ts';
import { leaseRules } from '../../agents/lib/agent-rules.ts';
import { SCHEDULER_RULES } from '../../agents/scheduler/rbac.ts';
import type { Role } from '../../crds/client/resources.ts';
import { ENV, LEASES } from '../../crds/v1alpha1/names.ts';
import { restrictedViolations } from '../fakes/pod-security.ts';
import { installed, type Manifest, ROOT } from './objects.ts';

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
const CLUSTER_SCOPED = /^(Namespace|CustomResourceDefinition|ClusterRole|ClusterRoleBinding|ValidatingAdmission.*)$/;
const AGENTS = ['controller', 'scheduler'] as const;

/** Rights as `verb group/resource [name]`, in order: the same for the same, however the rules are cut. */
function rightsOf(rules: Role['rules']): string[] {
  const rights = rules.flatMap(({ apiGroups, resources, verbs, resourceNames = [''] }) =>
    apiGroups.flatMap(group =>
      resources.flatMap(resource =>
        verbs.flatMap(verb => resourceNames.map(name => `${verb} ${group}/${resource} ${name}`)),
      ),
    ),
  );
  return [...new Set(rights)].sort();
}

for (const [file, wide] of [
  ['install.yaml', true],
  ['install-namespaced.yaml', false],
] as const) {
  describe(file, () => {
    const objects = installed(file);
    const find = (kind: string, name: string): Manifest => {
      const found = objects.find(object => object.kind === kind && object.metadata.name === name);
      if (!found) throw new Error(`there is no ${kind} ${name} in ${file}`);
      return found;
    };
    const home = wide ? 'krt-system' : 'krt';

    it('puts everything into one namespace, or into none where it is the cluster’s', () => {
      for (const { kind = '', metadata } of objects) {
        const namespace = CLUSTER_SCOPED.test(kind) ? undefined : home;
        expect(metadata.namespace, `${kind} ${metadata.name}`).to.equal(namespace);
      }
    });

    const granted: [role: string, rules: Role['rules']][] = [
      ['krt-controller', CONTROLLER_RULES],
      ['krt-scheduler', SCHEDULER_RULES],
    ];
    for (const [role, rules] of granted) {
      it(`gives ${role} the rights that stand beside its code, ${wide ? 'everywhere' : 'in its namespace'}`, () => {
        const prefix = wide ? 'Cluster' : '';
        expect(rightsOf(find(`${prefix}Role`, role).rules)).to.deep.equal(rightsOf(rules));
        const { roleRef, subjects } = find(`${prefix}RoleBinding`, role);
        expect(roleRef).to.deep.include({ kind: `${prefix}Role`, name: role });
        expect(subjects).to.deep.equal([{ kind: 'ServiceAccount', name: role, namespace: home }]);
      });
    }

    for (const agent of AGENTS) {
      it(`lets ${agent} hold its Lease and no other`, () => {
        const role = `krt-${agent}-lease`;
        expect(rightsOf(find('Role', role).rules)).to.deep.equal(rightsOf(leaseRules(LEASES[agent])));
        const { roleRef, subjects } = find('RoleBinding', role);
        expect(roleRef).to.deep.include({ kind: 'Role', name: role });
        expect(subjects).to.deep.equal([{ kind: 'ServiceAccount', name: `krt-${agent}`, namespace: home }]);
      });

      it(`runs two of ${agent} that pass Pod Security restricted, never both gone at once`, () => {
        const { spec } = find('Deployment', `krt-${agent}`);
        expect(restrictedViolations(spec.template.spec)).to.deep.equal([]);
        expect(spec.replicas).to.equal(2);
        const { labels } = spec.template.metadata;
        expect(labels).to.include(spec.selector.matchLabels);
        const budget = find('PodDisruptionBudget', `krt-${agent}`).spec;
        expect(budget).to.deep.include({ minAvailable: 1, selector: spec.selector });
      });

      it(`tells ${agent} who it is and where to work`, () => {
        const [container] = find('Deployment', `krt-${agent}`).spec.template.spec.containers;
        expect(container).to.deep.include({ image: `krt-agents:${version}`, command: ['node', `/app/${agent}.js`] });
        const names = container.env.map(({ name }: { name: string }) => name);
        const wanted = [ENV.podName, ENV.podNamespace, ...(wide ? [] : ['KRT_WATCH_NAMESPACE'])];
        expect(names).to.deep.equal(wanted);
      });

      it(`looks for ${agent} where it listens`, () => {
        const { template, selector } = find('Deployment', `krt-${agent}`).spec;
        const [container] = template.spec.containers;
        const main = readFileSync(join(ROOT, `agents/${agent}/main.ts`), 'utf8');
        const port = Number(/healthPort: ([\d_]+)/.exec(main)?.[1]);
        expect(container.ports).to.deep.equal([{ name: 'metrics', containerPort: port, protocol: 'TCP' }]);
        expect(container.readinessProbe.httpGet).to.deep.equal({ path: '/readyz', port: 'metrics' });
        expect(container.livenessProbe.httpGet).to.deep.equal({ path: '/healthz', port: 'metrics' });
        const service = find('Service', `krt-${agent}`).spec;
        expect(service.selector).to.deep.equal(selector.matchLabels);
        expect(service.ports).to.deep.equal([{ name: 'metrics', port, targetPort: 'metrics', protocol: 'TCP' }]);
      });
    }

    it('lets nobody connect to the agents but for metrics', () => {
      const { podSelector, policyTypes, ingress } = find('NetworkPolicy', 'krt-agents').spec;
      for (const agent of AGENTS) {
        expect(find('Deployment', `krt-${agent}`).spec.template.metadata.labels).to.include(podSelector.matchLabels);
      }
      expect(policyTypes).to.deep.equal(['Ingress']);
      expect(ingress).to.deep.equal([{ ports: [{ protocol: 'TCP', port: 'metrics' }] }]);
    });

    it('guards every write of a Run’s status', () => {
      const { matchConstraints, failurePolicy } = find('ValidatingAdmissionPolicy', 'krt-run-status').spec;
      expect(failurePolicy).to.equal('Fail');
      expect(matchConstraints.resourceRules).to.deep.equal([
        {
          apiGroups: ['kruntimes.io'],
          apiVersions: ['*'],
          resources: ['runs/status'],
          operations: ['UPDATE'],
          scope: 'Namespaced',
        },
      ]);
      const binding = find('ValidatingAdmissionPolicyBinding', 'krt-run-status').spec;
      expect(binding).to.deep.equal({ policyName: 'krt-run-status', validationActions: ['Deny'] });
    });

    it('lets those who view fetch artifacts and archived logs only where somebody binds the role for it', () => {
      const { metadata, rules } = find('ClusterRole', 'krt-view-artifacts');
      expect(rightsOf(rules)).to.deep.equal(['get /pods/proxy ']);
      expect(Object.keys(metadata.labels ?? {}).filter(label => label.includes('aggregate'))).to.deep.equal([]);
    });

    it('gives people no way to write a status', () => {
      const rights = ['krt-view', 'krt-edit'].flatMap(name => rightsOf(find('ClusterRole', name).rules));
      expect(rights.filter(right => /status|assign|\*/.test(right))).to.deep.equal([]);
      expect(rights).to.include('create kruntimes.io/runs ');
    });
  });
}

describe('the versions in install/', () => {
  it('are that of the project', () => {
    const [chart] = installed('helm/krt/Chart.yaml');
    expect(chart).to.deep.include({ version, appVersion: version });
  });
});
