import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect } from 'chai';
import { findKubeconfig, type Places, readServiceAccount } from '../../../plugin/cluster/find-kubeconfig.ts';
import { readKubeconfig } from '../../../plugin/cluster/read-kubeconfig.ts';
import type { KrtError } from '../../../plugin/errors.ts';

/** A kubeconfig that says who it is by the name of its cluster, user and context, and its server. */
const config = (name: string, server = `https://${name}.example.com`) => `
apiVersion: v1
kind: Config
current-context: ${name}
clusters: [{ name: ${name}, cluster: { server: "${server}" } }]
users: [{ name: ${name}, user: { token: t-${name} } }]
contexts: [{ name: ${name}, context: { cluster: ${name}, user: ${name}, namespace: ns-${name} } }]
`;

describe('finding the kubeconfig', () => {
  const dir = mkdtempSync(join(tmpdir(), 'krt-kubeconfig-'));
  after(() => rmSync(dir, { recursive: true }));
  const file = (name: string, text: string) => {
    const path = join(dir, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
    return path;
  };
  const find = (places: Partial<Places>) =>
    findKubeconfig({
      flag: undefined,
      env: {},
      home: join(dir, 'no-home'),
      krtHome: join(dir, 'no-krt'),
      optional: false,
      ...places,
    });
  const errorOf = (promise: Promise<unknown>): Promise<KrtError> =>
    promise.then(
      () => expect.fail('it was found'),
      error => error,
    );

  it('takes --kubeconfig before all else', async () => {
    const flag = file('flag', config('flag'));
    const found = await find({ flag, env: { KUBECONFIG: file('env', config('env')) } });
    expect(found.currentContext).to.equal('flag');
  });

  it('takes KUBECONFIG before ~/.kube/config', async () => {
    file('home/.kube/config', config('home'));
    const env = { KUBECONFIG: file('env', config('env')) };
    expect((await find({ env, home: join(dir, 'home') })).currentContext).to.equal('env');
    expect((await find({ home: join(dir, 'home') })).currentContext).to.equal('home');
    expect((await find({ env: { KUBECONFIG: '' }, home: join(dir, 'home') })).currentContext).to.equal('home');
  });

  it('merges the files of KUBECONFIG, where the first has the say, and skips those that are not there', async () => {
    const first = file('first', config('a', 'https://first').replace('current-context: a', ''));
    const second = file('second', config('a', 'https://second'));
    const third = file('third', config('b'));
    const list = [join(dir, 'none'), first, second, third].join(delimiter);
    const found = await find({ env: { KUBECONFIG: list } });
    expect(found.currentContext).to.equal('a');
    expect([...found.clusters].map(([name, { server }]) => [name, server])).to.deep.include.members([
      ['a', 'https://first'],
      ['b', 'https://b.example.com'],
    ]);
    expect([...found.contexts.keys()].toSorted()).to.deep.equal(['a', 'b']);
  });

  it('takes the service account of the Pod that it runs in, with its namespace where it is told', async () => {
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
    const folder = join(dir, 'service-account');
    expect(await readServiceAccount(env, folder)).to.equal(undefined);
    file('service-account/token', 'sesame');
    const namespaceOf = async () => (await readServiceAccount(env, folder))?.contexts.get('in-cluster')?.namespace;
    expect(await namespaceOf()).to.equal('');
    file('service-account/namespace', 'team-a\n');
    expect(await namespaceOf()).to.equal('team-a');
    const found = await readServiceAccount(env, folder);
    expect(found?.clusters.get('in-cluster')).to.deep.equal({
      server: 'https://[fd00::1]:443',
      'certificate-authority': join(folder, 'ca.crt'),
    });
    expect(found?.users.get('in-cluster')).to.deep.equal({ tokenFile: join(folder, 'token') });
    expect(await readServiceAccount({}, folder)).to.equal(undefined);
  });

  it('takes the embedded default where there is nothing else', async () => {
    file('krt/kubeconfig', config('embedded'));
    expect((await find({ krtHome: join(dir, 'krt') })).currentContext).to.equal('embedded');
    file('home/.kube/config', config('home'));
    expect((await find({ krtHome: join(dir, 'krt'), home: join(dir, 'home') })).currentContext).to.equal('home');
  });

  it('says what to do where there is nothing at all, unless the server is given', async () => {
    const error = await errorOf(find({}));
    expect(error).to.include({
      exitCode: 69,
      hint: 'start the embedded default, which needs nothing else: krt local up',
    });
    expect((await find({ optional: true })).contexts.size).to.equal(0);
  });

  for (const [title, places, message] of [
    ['a --kubeconfig that is not there', { flag: join(dir, 'none') }, /^there is no kubeconfig at .*none$/],
    ['a --kubeconfig that is a directory', { flag: dir }, /it is a directory/],
    [
      'a KUBECONFIG that names nothing',
      { env: { KUBECONFIG: `/none${delimiter}/nor` } },
      /KUBECONFIG names no file that is there/,
    ],
    ['one that is no YAML', { flag: file('bad', 'a: [b') }, /bad is not YAML: /],
    ['one that is a list', { flag: file('list', '- a') }, /list is not a kubeconfig/],
    ['one whose clusters are none', { flag: file('odd', 'clusters: x') }, /odd: clusters is not a list/],
  ] as const) {
    it(`refuses ${title}`, async () => {
      const error = await errorOf(find(places));
      expect(error.exitCode).to.equal(64);
      expect(error.message).to.match(message);
    });
  }

  it('reads an empty file, JSON, and one with a byte order mark', async () => {
    expect((await readKubeconfig(file('empty', '')))?.contexts.size).to.equal(0);
    expect((await readKubeconfig(file('json', '{"current-context": "x"}')))?.currentContext).to.equal('x');
    expect((await readKubeconfig(file('bom', `\uFEFF${config('bom')}`)))?.currentContext).to.equal('bom');
  });

  it('takes relative paths from where the file is, and commands from PATH', async () => {
    const path = file(
      'sub/config',
      `
clusters: [{ name: a, cluster: { server: https://a, certificate-authority: ca.crt } }]
users:
- { name: a, user: { client-certificate: ../a.crt, client-key: /abs/a.key, tokenFile: token } }
- { name: b, user: { exec: { command: ./login, args: [x] } } }
- { name: c, user: { exec: { command: login } } }
`,
    );
    const found = await readKubeconfig(path);
    expect(found?.clusters.get('a')?.['certificate-authority']).to.equal(join(dir, 'sub/ca.crt'));
    expect(found?.users.get('a')).to.deep.equal({
      'client-certificate': join(dir, 'a.crt'),
      'client-key': '/abs/a.key',
      tokenFile: join(dir, 'sub/token'),
    });
    expect(found?.users.get('b')?.exec?.command).to.equal(join(dir, 'sub/login'));
    expect(found?.users.get('c')?.exec?.command).to.equal('login');
  });
});
