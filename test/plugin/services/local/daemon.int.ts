import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../../../plugin/clock.ts';
import { KrtError } from '../../../../plugin/errors.ts';
import { askDaemon, type DaemonInfo, stopDaemon } from '../../../../plugin/services/local/daemon.ts';
import { prepareFolder, socketPath } from '../../../../plugin/services/local/home-folder.ts';
import { startDaemon } from '../../../../plugin/services/local/start-daemon.ts';
import { takeDown } from '../../../../plugin/services/local/take-down.ts';

const INFO: DaemonInfo = {
  pid: 7,
  version: '1.2.3',
  server: 'http://127.0.0.1:1',
  kubeconfig: '/k',
  startedAt: '2026-01-01T00:00:00Z',
};
const { signal } = new AbortController();

/** The error that it ends in, as `exit code: message`. */
const failure = (call: Promise<unknown>) =>
  call.then(
    result => `none: ${JSON.stringify(result)}`,
    (error: Error) => (error instanceof KrtError ? `${error.exitCode}: ${error.message}` : error.name),
  );

describe('speaking to the daemon of the embedded default', () => {
  let home: string;
  let server: Server | undefined;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'krt-'));
  });
  afterEach(() => {
    server?.close();
    server = undefined;
    rmSync(home, { recursive: true });
  });

  /** A daemon in this process, which answers so. */
  async function serve(answer: (text: string, socket: Socket) => void): Promise<void> {
    server = createServer(socket => {
      socket.on('error', () => undefined);
      socket.setEncoding('utf8').on('data', (text: string) => answer(text, socket));
    });
    server.listen(socketPath(home));
    await once(server, 'listening');
  }
  const bundle = (source: string) => {
    const path = join(home, '..', `${home.split('/').at(-1)}.mjs`);
    writeFileSync(path, source);
    return path;
  };
  const start = (source: string, more: { signal?: AbortSignal } = {}) => {
    const path = bundle(source);
    return startDaemon({ home, bundle: path, env: { MINE: 'yes' }, signal, ...more }).finally(() => rmSync(path));
  };
  const TELL =
    "import { writeSync } from 'node:fs'; const tell = text => writeSync(Number(process.env.KRT_READY_FD), JSON.stringify(text));\n";

  it('finds none where none listens', async () => {
    expect(await askDaemon(home, signal)).to.equal(undefined);
    expect(await askDaemon(join(home, 'none'), signal)).to.equal(undefined);
    expect(await askDaemon('/dev/null', signal)).to.equal(undefined);
    expect(await askDaemon(`/tmp/${'x'.repeat(200)}`, signal)).to.equal(undefined);
    expect(await stopDaemon(home, 0, signal)).to.equal(false);
  });

  it('asks what it is, and takes no answer for none', async () => {
    const asked: string[] = [];
    await serve((text, socket) => {
      asked.push(text);
      socket.end(asked.length === 1 ? `${JSON.stringify(INFO)}\n` : '');
    });
    expect(await askDaemon(home, signal)).to.deep.equal(INFO);
    expect(await askDaemon(home, signal)).to.equal(undefined);
    expect(asked).to.deep.equal(['status\n', 'status\n']);
  });

  it('asks it to stop, and waits for its end, however that comes', async () => {
    const asked: string[] = [];
    await serve((text, socket) => {
      asked.push(text);
      socket.destroy();
    });
    expect(await stopDaemon(home, 1500, signal)).to.equal(true);
    expect(asked).to.deep.equal(['stop 1500\n']);
  });

  it('waits no more once it is interrupted', async () => {
    const stop = new AbortController();
    await serve(() => stop.abort(new Error('enough')));
    const error = await stopDaemon(home, 1500, stop.signal).catch((error: Error) => error);
    expect(error).to.have.property('message', 'enough');
  });

  describe('that is started', () => {
    it('has a log, the folder as its own, and a session that a terminal does not reach', async () => {
      const info = await start(`${TELL}
        import { readFileSync } from 'node:fs';
        console.log('a line');
        const session = readFileSync('/proc/self/stat', 'utf8').split(' ')[5];
        tell({ ...${JSON.stringify(INFO)}, kubeconfig: [process.cwd(), process.env.KRT_HOME, process.env.MINE, session === String(process.pid)].join() });`);
      expect(info?.kubeconfig).to.equal(`${home},${home},yes,true`);
      expect(readFileSync(join(home, 'local.log'), 'utf8')).to.equal('a line\n');
      expect(statSync(join(home, 'local.log')).mode & 0o777).to.equal(0o600);
    });

    it('adds to its log, and puts a long one aside', async () => {
      writeFileSync(join(home, 'local.log'), 'before\n');
      await start(`${TELL} console.log('after'); tell(${JSON.stringify(INFO)})`);
      expect(readFileSync(join(home, 'local.log'), 'utf8')).to.equal('before\nafter\n');
      writeFileSync(join(home, 'local.log'), 'x'.repeat(1_100_000));
      await start(`${TELL} console.log('new'); tell(${JSON.stringify(INFO)})`);
      expect(readFileSync(join(home, 'local.log'), 'utf8')).to.equal('new\n');
      expect(statSync(join(home, 'local.log.old')).size).to.equal(1_100_000);
    });

    for (const [title, source, told] of [
      ['tells why', `${TELL} tell({ error: 'no room' })`, '69: the embedded default did not start: no room'],
      ['ends at once', 'process.exit(3)', '69: the embedded default did not start: it ended at once'],
      [
        'ends amid its answer',
        "import { writeSync } from 'node:fs'; writeSync(3, '{\"pid\":')",
        '69: the embedded default did not start: it ended at once',
      ],
    ] as const) {
      it(`fails where it ${title}`, async () => {
        expect(await failure(start(source))).to.equal(told);
      });
    }

    it('is none where another has the folder', async () => {
      expect(await start(`${TELL} tell({ error: 'in use', isInUse: true })`)).to.equal(undefined);
    });

    it('is ended where its start is interrupted', async () => {
      const stop = new AbortController();
      const started = start(
        `import { writeFileSync } from 'node:fs'; process.on('SIGTERM', () => { writeFileSync('ended', ''); process.exit(1); });
         writeFileSync('up', ''); setInterval(() => {}, 1000)`,
        { signal: stop.signal },
      );
      while (!existsSync(join(home, 'up'))) await systemClock.sleep(5);
      stop.abort(new Error('enough'));
      expect((await started.catch((error: Error) => error)) as Error).to.have.property('message', 'enough');
      expect(existsSync(join(home, 'ended'))).to.equal(true);
    });

    it('has no folder that holds other things', async () => {
      writeFileSync(join(home, 'file'), '');
      expect(await failure(prepareFolder(home))).to.equal(`64: the folder ${home} has other things in it`);
      writeFileSync(join(home, 'krt.db'), '');
      await prepareFolder(home);
      expect(await failure(prepareFolder('/dev/null/krt'))).to.match(
        /^64: cannot make the folder \/dev\/null\/krt: ENOTDIR/,
      );
    });

    it('has no folder in which nothing can be written', async () => {
      mkdirSync(join(home, 'local.log'));
      expect(await failure(start(''))).to.match(/^64: cannot write in the folder .*: EISDIR/);
    });
  });

  describe('that is taken down', () => {
    /** Takes it down; the bundle notes how it was called. */
    async function down(source: string, forget = false): Promise<{ wasUp: boolean; calls: string[] }> {
      const calls = join(home, 'calls');
      const path = bundle(`import { appendFileSync, readFileSync, writeSync } from 'node:fs';
        const tell = text => writeSync(Number(process.env.KRT_READY_FD), JSON.stringify(text));
        appendFileSync('${calls}', process.argv[2] + '\\n');
        const times = readFileSync('${calls}', 'utf8').split('\\n').length - 1;
        ${source}`);
      try {
        const wasUp = await takeDown({ home, bundle: path, env: {}, signal, clock: systemClock, graceMs: 5, forget });
        return { wasUp, calls: existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : [] };
      } finally {
        rmSync(path);
      }
    }
    const isOurs = () => writeFileSync(join(home, 'krt.db'), '');

    it('costs nothing where it was never up', async () => {
      expect(await down('')).to.deep.equal({ wasUp: false, calls: [] });
    });

    it('cleans up after one that was killed', async () => {
      isOurs();
      expect(await down('')).to.deep.equal({ wasUp: false, calls: ['sweep'] });
    });

    it('has nothing to clean up where it ended in order', async () => {
      isOurs();
      await serve((_text, socket) => void socket.end());
      expect(await down('')).to.deep.equal({ wasUp: true, calls: [] });
    });

    it('deletes what is stored, where that is wanted', async () => {
      isOurs();
      expect(await down('', true)).to.deep.equal({ wasUp: false, calls: ['forget'] });
    });

    it('waits for one that starts', async () => {
      isOurs();
      const inUse = "if (times < 3) { tell({ error: 'in use', isInUse: true }); process.exit(75); }";
      expect(await down(inUse)).to.deep.equal({ wasUp: false, calls: ['sweep', 'sweep', 'sweep'] });
    });

    it('tells what it could not clean up', async () => {
      isOurs();
      expect(await failure(down("tell({ error: '1 processes would not end' }); process.exit(1)"))).to.equal(
        '69: the embedded default was not cleaned up: 1 processes would not end',
      );
      expect(await failure(down('process.exit(9)'))).to.equal(
        '69: the embedded default was not cleaned up: it ended at once',
      );
    });

    it('deletes nothing of a folder that is not its own', async () => {
      writeFileSync(join(home, 'file'), '');
      expect(await failure(down('', true))).to.equal(
        `64: ${home} is not the folder of an embedded default: it has no krt.db`,
      );
    });
  });
});
