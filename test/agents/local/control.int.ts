import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type DaemonInfo, serveControl } from '../../../agents/local/control.ts';

describe('the control socket', () => {
  const info: DaemonInfo = {
    ...{ pid: 7, version: '1.2.3', server: 'http://127.0.0.1:1', kubeconfig: '/k' },
    startedAt: '2026-01-01T00:00:00.000Z',
  };
  let dir: string;
  let path: string;
  let known: DaemonInfo | undefined;
  let stops: number[];
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'krt-control-'));
    path = join(dir, 'control.sock');
    known = info;
    stops = [];
    writeFileSync(path, 'left over');
    await serveControl(path, { info: () => known, stop: graceMs => void stops.push(graceMs) });
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  /** What comes back for these pieces, until the other side ends. */
  async function ask(...pieces: string[]): Promise<string> {
    const socket = connect(path);
    await once(socket, 'connect');
    for (const piece of pieces) await new Promise(resolve => socket.write(piece, resolve));
    let text = '';
    for await (const chunk of socket.setEncoding('utf8')) text += chunk;
    return text;
  }

  it('tells of the daemon, and takes the place of one that was left over', async () => {
    expect(JSON.parse(await ask('status\n'))).to.deep.equal(info);
    expect(JSON.parse(await ask('sta', 'tus\n'))).to.deep.equal(info);
  });

  it('tells nothing once the daemon is on its way out, nor to what it does not know', async () => {
    expect(await ask('hello\n')).to.equal('');
    known = undefined;
    expect(await ask('status\n')).to.equal('');
  });

  it('stops the daemon, and ends only with it', async () => {
    const socket = connect(path);
    await once(socket, 'connect');
    socket.write('stop 5000\n');
    while (stops.length === 0) await ask('status\n');
    socket.write('stop 100\n');
    while (stops.length === 1) await ask('status\n');
    expect(stops).to.deep.equal([5000, 100]);
    expect(socket.readableEnded).to.equal(false);
    socket.destroy();
  });

  it('stops at once where the grace is none', async () => {
    const socket = connect(path);
    await once(socket, 'connect');
    socket.write('stop soon\n');
    while (stops.length === 0) await ask('status\n');
    expect(stops).to.deep.equal([0]);
    socket.destroy();
  });
});
