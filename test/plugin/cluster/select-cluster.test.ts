import { expect } from 'chai';
import type { Kubeconfig } from '../../../plugin/cluster/kubeconfig.ts';
import { EMPTY_KUBECONFIG } from '../../../plugin/cluster/kubeconfig.ts';
import { type Selected, selectCluster } from '../../../plugin/cluster/select-cluster.ts';
import type { KrtError } from '../../../plugin/errors.ts';
import type { ClusterFlags } from '../../../plugin/flags.ts';

const CONFIG: Kubeconfig = {
  currentContext: 'dev',
  clusters: new Map([
    ['dev', { server: 'https://dev:6443/', 'certificate-authority-data': 'Q0E=' }],
    ['prod', { server: 'https://prod', 'tls-server-name': 'api', 'proxy-url': 'http://proxy' }],
    ['empty', {}],
  ]),
  users: new Map([
    ['dev', { token: 'dev-token', exec: { command: 'login' } }],
    ['prod', { 'client-certificate-data': 'Q0VSVA==', 'client-key-data': 'S0VZ' }],
  ]),
  contexts: new Map([
    ['dev', { cluster: 'dev', user: 'dev', namespace: 'team' }],
    ['prod', { cluster: 'prod', user: 'prod' }],
    ['broken', { cluster: 'gone', user: 'dev' }],
    ['serverless', { cluster: 'empty', user: 'dev' }],
  ]),
};

const select = (flags: ClusterFlags, config = CONFIG) => selectCluster(config, flags);

describe('the cluster that flags and kubeconfig come to', () => {
  for (const [title, flags, expected] of [
    ['the current context', {}, { context: 'dev', namespace: 'team', server: 'https://dev:6443' }],
    ['another context', { context: 'prod' }, { context: 'prod', namespace: 'default', server: 'https://prod' }],
    ['another namespace', { namespace: 'x' }, { namespace: 'x', server: 'https://dev:6443' }],
    ['another cluster', { cluster: 'prod' }, { namespace: 'team', server: 'https://prod' }],
    ['another server', { server: 'http://127.0.0.1:1/' }, { namespace: 'team', server: 'http://127.0.0.1:1' }],
    [
      'a server by host and port, with TLS where the cluster has it',
      { server: 'host:1' },
      { server: 'https://host:1' },
    ],
  ] as const) {
    it(`is ${title}`, () => {
      const { context, namespace, cluster } = select(flags);
      expect({ context, namespace, server: cluster.server }).to.include(expected);
    });
  }

  it('needs no kubeconfig where the server is given', () => {
    const selected = select({ server: 'host:1', token: 't' }, EMPTY_KUBECONFIG);
    expect(selected).to.deep.equal({
      context: '',
      cluster: { server: 'http://host:1' },
      user: { token: 't' },
      namespace: 'default',
    });
  });

  for (const [title, flags, part, expected] of [
    ['--user', { user: 'prod' }, 'user', CONFIG.users.get('prod')],
    ['--token, instead of every way to get one', { token: 't' }, 'user', { token: 't' }],
    [
      '--as and its kin',
      { token: 't', as: 'bob', 'as-group': ['a', 'b'], 'as-uid': 'u' },
      'user',
      { token: 't', as: 'bob', 'as-groups': ['a', 'b'], 'as-uid': 'u' },
    ],
    [
      'certificates from files, instead of those inside',
      { user: 'prod', 'client-certificate': 'c', 'client-key': 'k' },
      'user',
      { 'client-certificate': 'c', 'client-key': 'k' },
    ],
    [
      '--insecure-skip-tls-verify, without the authority',
      { 'insecure-skip-tls-verify': true },
      'cluster',
      { server: 'https://dev:6443', 'insecure-skip-tls-verify': true },
    ],
    [
      '--certificate-authority, instead of the one inside',
      { 'certificate-authority': 'ca', 'tls-server-name': 'n' },
      'cluster',
      {
        server: 'https://dev:6443',
        'certificate-authority': 'ca',
        'insecure-skip-tls-verify': false,
        'tls-server-name': 'n',
      },
    ],
  ] as const) {
    it(`takes ${title}`, () => {
      expect((select(flags as ClusterFlags) as Selected)[part]).to.deep.equal(expected);
    });
  }

  for (const [title, flags, message, hint] of [
    [
      'a context that is not there',
      { context: 'prd' },
      'there is no context "prd" in the kubeconfig',
      'did you mean prod?',
    ],
    [
      'a cluster that is not there',
      { cluster: 'other' },
      'there is no cluster "other" in the kubeconfig',
      'it has: dev, prod, empty',
    ],
    ['a user that is not there', { user: 'x' }, 'there is no user "x" in the kubeconfig', 'it has: dev, prod'],
    [
      'a context whose cluster is gone',
      { context: 'broken' },
      'there is no cluster "gone" in the kubeconfig',
      /^it has/,
    ],
    [
      'a cluster without a server',
      { context: 'serverless' },
      'context "serverless" of the kubeconfig names no cluster with a server',
      undefined,
    ],
    ['a server that is none', { server: 'ftp://x' }, 'the server "ftp://x" is not an http or https URL', undefined],
    [
      'a group without a user',
      { 'as-group': ['a'] },
      '--as-group and --as-uid say nothing without a user',
      'name one with --as',
    ],
    [
      'an authority that is not asked',
      { 'certificate-authority': 'ca', 'insecure-skip-tls-verify': true },
      '--certificate-authority says nothing together with --insecure-skip-tls-verify',
      'leave one of them out',
    ],
  ] as const) {
    it(`refuses ${title}`, () => {
      try {
        select(flags as ClusterFlags);
      } catch (error) {
        expect(error).to.include({ exitCode: 64, message });
        if (hint instanceof RegExp) expect((error as KrtError).hint).to.match(hint);
        else expect((error as KrtError).hint).to.equal(hint);
        return;
      }
      expect.fail('it was taken');
    });
  }

  it('says that there is no current context, and which there are', () => {
    expect(() => select({}, { ...CONFIG, currentContext: '' }))
      .to.throw('the kubeconfig has no current-context')
      .and.include({ hint: 'choose one with --context: dev, prod, broken, serverless' });
    expect(() => select({}, EMPTY_KUBECONFIG)).to.throw('the kubeconfig has no current-context');
  });
});
