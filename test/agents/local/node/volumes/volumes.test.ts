import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ConfigError } from '../../../../../agents/local/node/container/config-error.ts';
import { prepareVolumes } from '../../../../../agents/local/node/volumes/prepare-volumes.ts';
import type { Volume } from '../../../../../crds/v1alpha1/runtime.ts';
import { makePod } from '../../../../builders/pod.ts';
import { makeReferences } from '../container/references.ts';

describe('the volumes of a Pod', () => {
  let dir: string;
  let claims: string[];
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'krt-volumes-'));
    claims = [];
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  async function prepare(source: object): Promise<string> {
    const pod = makePod('p')
      .meta({ labels: { app: 'web' } })
      .obj();
    pod.spec.volumes = [{ name: 'v', ...source } as Volume];
    const volumes = await prepareVolumes({
      pod,
      podDir: join(dir, 'pod'),
      claimsDir: join(dir, 'claims'),
      token: 'the-token',
      references: makeReferences({ 'ConfigMap/app': { mode: 'fast', level: '1' }, 'Secret/keys': { key: 'hidden' } }),
      bindClaim: async (namespace, name) => {
        if (name === 'none') throw new ConfigError(`persistentvolumeclaim "${name}" not found`);
        claims.push(`${namespace}/${name}`);
      },
    });
    return volumes.get('v')!;
  }

  /** Contents of the files of a directory, by path. */
  const contentsOf = (path: string) =>
    Object.fromEntries(
      readdirSync(path, { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile())
        .map(entry => [
          join(entry.parentPath, entry.name).slice(path.length + 1),
          readFileSync(join(entry.parentPath, entry.name), 'utf8'),
        ]),
    );

  it('keep what is in an emptyDir while the Pod lives', async () => {
    const first = await prepare({ emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } });
    writeFileSync(join(first, 'file'), 'kept');
    expect(first).to.equal(join(dir, 'pod/v'));
    expect(statSync(first).mode & 0o777).to.equal(0o700);
    expect(await prepare({ emptyDir: {} })).to.equal(first);
    expect(contentsOf(first)).to.deep.equal({ file: 'kept' });
  });

  it('keep what is in a claim for all Pods of the namespace', async () => {
    expect(await prepare({ persistentVolumeClaim: { claimName: 'data' } })).to.equal(join(dir, 'claims/default/data'));
    expect(claims).to.deep.equal(['default/data']);
  });

  for (const [title, source, files] of [
    ['a ConfigMap', { configMap: { name: 'app' } }, { mode: 'fast', level: '1' }],
    [
      'keys of a ConfigMap under other names',
      { configMap: { name: 'app', items: [{ key: 'mode', path: 'etc/mode.conf' }] } },
      { 'etc/mode.conf': 'fast' },
    ],
    ['a Secret', { secret: { secretName: 'keys' } }, { key: 'hidden' }],
    ['nothing, where that is allowed', { secret: { secretName: 'none', optional: true } }, {}],
    [
      'nothing, for a key that may be missing',
      { configMap: { name: 'app', optional: true, items: [{ key: 'none', path: 'x' }] } },
      {},
    ],
    [
      'fields of the Pod',
      { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
      { labels: 'app="web"' },
    ],
    [
      'several sources',
      {
        projected: {
          sources: [
            { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
            { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
            { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
            { secret: { name: 'keys' } },
          ],
        },
      },
      { token: 'the-token', 'ca.crt': '', namespace: 'default', key: 'hidden' },
    ],
    [
      'the certificates of a cluster, of which there are none',
      { configMap: { name: 'kube-root-ca.crt' } },
      { 'ca.crt': '' },
    ],
  ] as const) {
    it(`have files of ${title}`, async () => {
      const path = await prepare(source);
      expect(contentsOf(path)).to.deep.equal(files);
      for (const file of Object.keys(files)) expect(statSync(join(path, file)).mode & 0o777).to.equal(0o600);
    });
  }

  it('are directories of this machine where the Pod says so', async () => {
    expect(await prepare({ hostPath: { path: dir } })).to.equal(dir);
    expect(await prepare({ hostPath: { path: dir, type: 'Directory' } })).to.equal(dir);
    for (const type of ['', 'DirectoryOrCreate']) {
      const path = join(dir, `made${type}`);
      expect(await prepare({ hostPath: { path, ...(type && { type }) } })).to.equal(path);
      expect(statSync(path).isDirectory()).to.equal(true);
    }
  });

  for (const [title, source, message] of [
    ['a ConfigMap that there is not', { configMap: { name: 'none' } }, 'configmap "none" not found'],
    [
      'a key that there is not',
      { secret: { secretName: 'keys', items: [{ key: 'none', path: 'x' }] } },
      'the volume names a key that is not there: none',
    ],
    [
      'a claim that there is not',
      { persistentVolumeClaim: { claimName: 'none' } },
      'persistentvolumeclaim "none" not found',
    ],
    [
      'a directory that there is not',
      { hostPath: { path: '/krt/none', type: 'Directory' } },
      'hostPath /krt/none does not exist',
    ],
    [
      'a kind that needs a cluster',
      { nfs: { server: 's', path: '/' } },
      'volume "v": nfs is not supported by the embedded default',
    ],
    [
      'a path that leads out',
      { configMap: { name: 'app', items: [{ key: 'mode', path: '../../out' }] } },
      'path ../../out leads out of its volume',
    ],
  ] as const) {
    it(`wait for ${title}`, async () => {
      const error = await prepare(source).catch((error: unknown) => error);
      expect(error).to.be.instanceOf(ConfigError).with.property('message', message);
      expect(readdirSync(dir).filter(name => name === 'out')).to.deep.equal([]);
    });
  }
});
