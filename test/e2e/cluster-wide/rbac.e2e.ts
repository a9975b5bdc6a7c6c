import { expect } from 'chai';
import { useWorld } from '../../acceptance/harness/world.ts';
import { RIGHTS, type Rights } from '../../install/rights.ts';
import { useInstallation } from '../harness/installation.ts';
import { kubectl } from '../harness/krt.ts';

interface Rule {
  verbs: string[];
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
}

describe('what the agents may do', () => {
  useInstallation();
  const world = useWorld('rbac', { bash: { replicas: 1 } });
  const homeOf = ({ namespace }: Rights) => (namespace === 'system' ? 'krt-system' : world.namespace);
  const userOf = (of: Rights) => `system:serviceaccount:${homeOf(of)}:${of.account}`;

  /** Everything that `user` may do in `namespace`, beside what every user may. */
  async function rightsIn(namespace: string, user?: string): Promise<string[]> {
    const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } };
    const as = user ? ['--as', user, '--as-group', 'system:authenticated', '--as-group', 'system:serviceaccounts'] : [];
    const answer = await kubectl(
      ['create', '--validate=false', '-f', '-', '-o', 'json', ...as],
      JSON.stringify(review),
    );
    return rightsOf((JSON.parse(answer) as { status: { resourceRules: Rule[] } }).status.resourceRules);
  }
  /** What a ServiceAccount has that nobody gave anything. */
  const nobody = (namespace: string) => rightsIn(namespace, `system:serviceaccount:${namespace}:nobody`);

  for (const of of RIGHTS) {
    it(`is, for ${of.account}, what the table says and nothing more`, async () => {
      const home = homeOf(of);
      const own = [...of.rights, ...(of.ownRights ?? [])];
      expect(await rightsIn(home, userOf(of))).to.deep.equal(merged([...own, ...(await nobody(home))]));
      const elsewhere = home === 'default' ? 'kube-system' : 'default';
      expect(await rightsIn(elsewhere, userOf(of))).to.deep.equal(merged([...of.rights, ...(await nobody(elsewhere))]));
    });
  }

  const never = [
    ['get', 'secrets'],
    ['create', 'pods', '--subresource=exec'],
    ['create', 'serviceaccounts', '--subresource=token'],
    ['escalate', 'roles.rbac.authorization.k8s.io'],
    ['impersonate', 'users'],
    ['update', 'runs.kruntimes.io'],
    ['*', '*'],
  ];
  for (const of of RIGHTS) {
    it(`holds nothing by which ${of.account} could get more`, async () => {
      const allowed: string[] = [];
      // the controller makes Deployments of any Pod that a Runtime asks for, and cleaners without a token
      const most = of.account === 'krt-controller' ? never : [...never, ['create', 'pods']];
      for (const what of most) {
        // `auth can-i` asks by SelfSubjectAccessReview; it ends with 1 where the answer is no
        const answer = await world.kubectl(['auth', 'can-i', ...what, '--as', userOf(of), '-n', world.namespace]);
        if (answer.stdout.trim() !== 'no') allowed.push(`${what.join(' ')}: ${answer.stdout}${answer.stderr}`);
      }
      expect(allowed).to.deep.equal([]);
    });
  }
});

function rightsOf(rules: readonly Rule[]): string[] {
  const rights: string[] = [];
  for (const { verbs, apiGroups = [], resources = [], resourceNames = [] } of rules) {
    const names = resourceNames.length > 0 ? ` [${[...resourceNames].sort()}]` : '';
    for (const group of apiGroups) {
      for (const resource of resources) rights.push(`${verbs} ${group || 'core'}/${resource}${names}`);
    }
  }
  return merged(rights);
}

/** The same rights with one entry for each resource, in order. */
function merged(rights: readonly string[]): string[] {
  const verbs = new Map<string, Set<string>>();
  for (const right of rights) {
    const [list = '', what = ''] = right.split(/ (.*)/s);
    verbs.set(what, new Set([...(verbs.get(what) ?? []), ...list.split(',')]));
  }
  return [...verbs].map(([what, set]) => `${[...set].sort()} ${what}`).sort();
}
