import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { NODE_FLAGS } from '../../../agents/lib/node-flags.ts';
import {
  clearHome,
  type Home,
  loadPort,
  loadToken,
  openHome,
  savePort,
  saveToken,
  writeKubeconfig,
} from '../../../agents/local/home.ts';
import { AGENTS_IMAGE, bundledImages } from '../../../agents/local/images.ts';

const modeOf = (path: string) => statSync(path).mode & 0o777;

describe('the folder of an embedded default', () => {
  let dir: string;
  let home: Home;
  beforeEach(async () => {
    dir = join(mkdtempSync(join(tmpdir(), 'krt-home-')), 'deep/er');
    home = await openHome(dir);
  });
  afterEach(() => rmSync(join(dir, '../..'), { recursive: true }));

  it('is its owner’s alone, also where it was not', async () => {
    expect(modeOf(dir)).to.equal(0o700);
    const open = join(dir, 'open');
    mkdirSync(open, { mode: 0o755 });
    await openHome(open);
    expect(modeOf(open)).to.equal(0o700);
  });

  it('keeps a token once it is saved', async () => {
    const [one, other] = [await loadToken(home), await loadToken(home)];
    expect(one)
      .to.match(/^[\w-]{32}$/)
      .and.not.equal(other);
    await saveToken(home, one);
    expect(await loadToken(home)).to.equal(one);
    expect(modeOf(home.tokenFile)).to.equal(0o600);
    writeFileSync(home.tokenFile, '');
    expect(await loadToken(home), 'after a loss of power')
      .to.match(/^[\w-]{32}$/)
      .and.not.equal(one);
  });

  it('keeps the port of the last time, if it is one', async () => {
    expect(await loadPort(home)).to.equal(0);
    await savePort(home, 34567);
    expect(await loadPort(home)).to.equal(34567);
    for (const text of ['', 'x', '-1', '0', '65536', '1.5']) {
      writeFileSync(home.portFile, text);
      expect(await loadPort(home), text).to.equal(0);
    }
  });

  it('has a kubeconfig that is written whole, for its owner alone', async () => {
    await writeKubeconfig(home, 'http://krt:old@127.0.0.1:1', 'old');
    await writeKubeconfig(home, 'http://krt:secret@127.0.0.1:34567', 'secret');
    expect(modeOf(home.kubeconfig)).to.equal(0o600);
    const { clusters, users, contexts, ...config } = JSON.parse(readFileSync(home.kubeconfig, 'utf8'));
    expect(clusters[0].cluster).to.deep.equal({ server: 'http://krt:secret@127.0.0.1:34567' });
    expect(users[0].user).to.deep.equal({ token: 'secret' });
    expect(contexts[0].context).to.deep.equal({ cluster: 'krt-local', user: 'krt-local', namespace: 'default' });
    expect(config).to.deep.equal({ apiVersion: 'v1', kind: 'Config', 'current-context': 'krt-local' });
    expect(readdirSync(dir)).to.deep.equal(['kubeconfig']);
  });

  it('is cleared of all that is ours, and of nothing else', async () => {
    for (const name of [
      'krt.db',
      'krt.db-wal',
      'kubeconfig',
      'token',
      'port.new',
      'local.log',
      'local.log.old',
      'notes',
      'krt.dbx',
    ])
      writeFileSync(join(dir, name), '');
    for (const name of ['pods/uid/volumes', 'volumes/default/data', 'mine'])
      mkdirSync(join(dir, name), { recursive: true });
    await clearHome(home);
    expect(readdirSync(dir).sort()).to.deep.equal(['krt.dbx', 'mine', 'notes']);
  });
});

describe('the images of the embedded default', () => {
  it('are the bundles, whatever a command calls them', () => {
    const images = bundledImages('/krt/dist/agents', '/usr/bin/node');
    const runtimes = ['bash', 'python', 'node'].map(name => `kruntimes-${name}-runtime`);
    expect(Object.keys(images)).to.deep.equal([...runtimes, AGENTS_IMAGE]);
    expect(images[AGENTS_IMAGE]).to.deep.equal({
      argv: ['/usr/bin/node', ...NODE_FLAGS, '/krt/dist/agents/runtimed.js'],
      words: { node: '/usr/bin/node', '/app/runtimed.js': '/krt/dist/agents/runtimed.js' },
      lifeline: true,
    });
  });
});
