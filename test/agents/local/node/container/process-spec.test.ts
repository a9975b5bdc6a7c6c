import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ConfigError } from '../../../../../agents/local/node/container/config-error.ts';
import { type ContainerContext, commandOf } from '../../../../../agents/local/node/container/process-spec.ts';
import type { NodeContainer } from '../../../../../agents/local/node/pod/spec.ts';
import { makePod } from '../../../../builders/pod.ts';
import { makeReferences } from './references.ts';

describe('the command of a container', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'krt-command-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  function commandFor(container: Omit<NodeContainer, 'name'>, more: Partial<ContainerContext> = {}) {
    mkdirSync(join(dir, 'data'), { recursive: true });
    return commandOf({
      pod: makePod('p').obj(),
      container: { name: 'main', ...container },
      image: { argv: ['server'], words: { node: '/bin/node' }, lifeline: false },
      volumes: new Map([['data', join(dir, 'data')]]),
      references: makeReferences(),
      ports: new Map([[19091, 20001]]),
      dir: join(dir, 'main'),
      searchPath: '/usr/bin',
      kubeconfig: '/krt/kubeconfig',
      ...more,
    });
  }
  const mounted = [{ name: 'data', mountPath: '/data' }];

  it('has an environment of its own, with private directories', async () => {
    const { argv, env, cwd } = await commandFor({});
    const [home, tmp] = [join(dir, 'main/home'), join(dir, 'main/tmp')];
    expect(argv).to.deep.equal(['server']);
    expect(env).to.deep.equal({ PATH: '/usr/bin', HOME: home, LANG: 'C.UTF-8', TMPDIR: tmp });
    expect(cwd).to.equal(home);
    for (const path of [home, tmp]) expect(statSync(path).mode & 0o777).to.equal(0o700);
  });

  it('finds the paths of volumes and replaced ports in variables and words', async () => {
    const { argv, env, translate } = await commandFor({
      command: ['node', '/data/$(NAME).js', '--out=/data/out', '$(NONE)'],
      env: [
        { name: 'NAME', value: 'job' },
        { name: 'FILE', value: '/data/$(NAME).txt' },
        { name: 'KRT_RUNTIME_PORT', value: '19091' },
        { name: 'PATH', value: '/mine' },
      ],
      volumeMounts: mounted,
    });
    const data = join(dir, 'data');
    expect(argv).to.deep.equal(['/bin/node', `${data}/job.js`, `--out=${data}/out`, '$(NONE)']);
    expect(env).to.deep.include({ NAME: 'job', FILE: `${data}/job.txt`, KRT_RUNTIME_PORT: '20001', PATH: '/mine' });
    expect(['node', '/data/x', 'cat'].map(translate)).to.deep.equal(['/bin/node', `${data}/x`, 'cat']);
  });

  it('tells a program that ends with its stdin to do so', async () => {
    const { env } = await commandFor({}, { image: { argv: ['server'], words: {}, lifeline: true } });
    expect(env).to.deep.include({ KRT_EXIT_WITH_STDIN: '1', KRT_HEALTH_HOST: '127.0.0.1' });
  });

  it('has a kubeconfig only where it mounts a token', async () => {
    const pod = makePod('p').obj();
    pod.spec.volumes = [
      { name: 'data', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
      { name: 'plain', emptyDir: {} },
    ];
    expect((await commandFor({ volumeMounts: mounted }, { pod })).env).to.include({ KUBECONFIG: '/krt/kubeconfig' });
    expect((await commandFor({}, { pod })).env).to.not.have.property('KUBECONFIG');
  });

  it('mounts parts of volumes, made where they are missing', async () => {
    mkdirSync(join(dir, 'data'));
    writeFileSync(join(dir, 'data/one.conf'), '');
    const { argv } = await commandFor({
      args: ['/parts/x', '/etc/one.conf'],
      volumeMounts: [
        { name: 'data', mountPath: '/parts', subPath: 'a/b' },
        { name: 'data', mountPath: '/etc/one.conf', subPath: 'one.conf' },
      ],
    });
    expect(argv.slice(1)).to.deep.equal([join(dir, 'data/a/b/x'), join(dir, 'data/one.conf')]);
    expect(existsSync(join(dir, 'data/a/b'))).to.equal(true);
  });

  it('works in a directory of a volume, and at home where its own is in the image', async () => {
    const inVolume = await commandFor({ workingDir: '/data/work', volumeMounts: mounted });
    expect(inVolume.cwd).to.equal(join(dir, 'data/work'));
    expect(existsSync(inVolume.cwd)).to.equal(true);
    expect((await commandFor({ workingDir: '/app' })).cwd).to.equal(join(dir, 'main/home'));
  });

  for (const [title, mount, message] of [
    ['a volume that there is not', { name: 'none', mountPath: '/x' }, 'volume "none" is not prepared'],
    [
      'a part outside of its volume',
      { name: 'data', mountPath: '/x', subPath: '../..' },
      'path ../.. leads out of its volume',
    ],
  ] as const) {
    it(`waits for ${title}`, async () => {
      const error = await commandFor({ volumeMounts: [mount] }).catch((error: unknown) => error);
      expect(error).to.be.instanceOf(ConfigError).with.property('message', message);
    });
  }
});
