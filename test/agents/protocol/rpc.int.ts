import { expect } from 'chai';
import { systemClock } from '../../../agents/lib/clock.ts';
import {
  type AttachEvent,
  connectRuntime,
  type ExecuteRequest,
  emptyStatus,
  isRuntimeError,
  type RuntimeClient,
  RuntimeError,
  type RuntimeHandlers,
  serveRuntime,
} from '../../../agents/protocol/index.ts';

const REQUEST: ExecuteRequest = {
  id: 'u.1',
  args: [],
  env: {},
  timeoutSeconds: 0,
  workingDir: '/w',
  entrypoint: '',
  handler: '',
};

const HANDLERS: RuntimeHandlers = {
  execute: request => request.id,
  status: id => {
    throw new RuntimeError('notFound', `no execution ${id}`);
  },
  list: () => [],
  cancel: () => {},
  forget: () => {},
  health: () => ({ healthy: true, message: '' }),
};

describe('a Runtime Server and its client over the wire', () => {
  let stop: AbortController;
  let clients: RuntimeClient[];

  beforeEach(() => {
    stop = new AbortController();
    clients = [];
  });
  afterEach(() => {
    for (const client of clients) client.close();
    stop.abort();
  });

  async function served(
    handlers: Partial<RuntimeHandlers>,
    token: string | undefined = 'secret',
    address = '127.0.0.1:0',
  ) {
    const all = { ...HANDLERS, ...handlers };
    return serveRuntime({ address, handlers: all, token: () => token, signal: stop.signal });
  }
  function connected(address: string, token: string | undefined = 'secret'): RuntimeClient {
    const client = connectRuntime({ address, token: () => token, clock: systemClock });
    clients.push(client);
    return client;
  }
  const failure = (call: Promise<unknown>) =>
    call.then(
      () => undefined,
      (error: RuntimeError) => error.code,
    );

  it('carries a request with 256 args of 8 KiB and 256 variables unchanged', async () => {
    let got: ExecuteRequest | undefined;
    const { address } = await served({
      execute: request => {
        got = request;
        return request.id;
      },
    });
    const request: ExecuteRequest = {
      ...REQUEST,
      args: Array.from({ length: 256 }, (_, i) => `${i} "q" $x\n`.padEnd(8192, 'ä')),
      env: Object.fromEntries(Array.from({ length: 256 }, (_, i) => [`V${i}`, '='.repeat(4096)])),
      timeoutSeconds: 2 ** 40,
      entrypoint: 'dir/script',
      handler: 'h',
    };
    expect(await connected(address).execute(request)).to.equal('u.1');
    expect(got).to.deep.include(request);
  });

  it('carries every field of a status and of a list', async () => {
    const status = {
      ...emptyStatus('u.1', 'failed'),
      exitCode: 137,
      stdout: 'out',
      stderr: 'err',
      errorMessage: 'why',
      signal: 'SIGKILL',
      reason: 'Signal',
      startedAt: 1_767_225_600_000_001,
      finishedAt: 1_767_225_600_000_002,
      stdoutDropped: 2 ** 40,
      stderrDropped: 1,
    };
    const { address } = await served({ status: () => status, list: () => [status, emptyStatus('u.2', 'running')] });
    const client = connected(address);
    expect(await client.status('u.1')).to.deep.equal(status);
    expect(await client.list()).to.deep.equal([status, emptyStatus('u.2', 'running')]);
  });

  it('streams events in order with exact bytes and ends after the final one', async () => {
    const bytes = Buffer.from([0, 0xff, 0xfe, 10, 0x80]);
    const events: AttachEvent[] = [
      { type: 'chunk', stream: 'stdout', offset: 0, data: bytes },
      { type: 'chunk', stream: 'stderr', offset: 7, data: Buffer.from('e') },
      { type: 'truncated', stream: 'stdout', offset: 5, dropped: 2 ** 33 },
      { type: 'final', status: emptyStatus('u.1', 'succeeded') },
    ];
    const { address } = await served({
      async *attach(id, offsets) {
        expect([id, offsets]).to.deep.equal(['u.1', { stdout: 3, stderr: 4 }]);
        yield* events;
      },
    });
    const got: AttachEvent[] = [];
    for await (const event of connected(address).attach('u.1', { stdout: 3, stderr: 4 }, stop.signal)) got.push(event);
    expect(got).to.deep.equal(events);
  });

  it('answers Attach as unimplemented when the server has none', async () => {
    const { address } = await served({});
    const attach = connected(address).attach('u.1', { stdout: 0, stderr: 0 }, stop.signal);
    expect(await failure(attach[Symbol.asyncIterator]().next())).to.equal('unimplemented');
  });

  it('tells the handler when the attached caller goes away, and the caller gets its own reason', async () => {
    const seen = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<boolean>();
    const { address } = await served({
      async *attach(_id, _offsets, signal) {
        yield { type: 'chunk', stream: 'stdout', offset: 0, data: Buffer.from('x') };
        await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }));
        gone.resolve(signal.aborted);
      },
    });
    const abort = new AbortController();
    const reading = (async () => {
      for await (const _ of connected(address).attach('u.1', { stdout: 0, stderr: 0 }, abort.signal)) seen.resolve();
    })().then(
      () => undefined,
      (error: unknown) => error,
    );
    await seen.promise;
    const reason = new Error('enough');
    abort.abort(reason);
    expect(await reading).to.equal(reason);
    expect(await gone.promise).to.equal(true);
  });

  for (const code of ['invalidArgument', 'notFound', 'alreadyExists', 'unavailable', 'resourceExhausted'] as const) {
    it(`tells a handler's ${code} with its message`, async () => {
      const { address } = await served({
        execute: () => {
          throw new RuntimeError(code, 'because');
        },
      });
      const error = await connected(address)
        .execute(REQUEST)
        .then(
          () => undefined,
          (caught: unknown) => caught,
        );
      expect(isRuntimeError(error, code)).to.equal(true);
      expect((error as RuntimeError).message).to.equal('because');
    });
  }

  it("tells a handler's bug as internal", async () => {
    const { address } = await served({
      execute: () => {
        throw new TypeError('oops');
      },
    });
    expect(await failure(connected(address).execute(REQUEST))).to.equal('internal');
  });

  it('refuses every call without the right token, Attach too', async () => {
    const { address } = await served({
      async *attach() {
        yield { type: 'final', status: emptyStatus('u.1', 'succeeded') };
      },
    });
    for (const token of [undefined, 'wrong', 'secre', 'secret2', '']) {
      const client = connectRuntime({ address, token: () => token, clock: systemClock });
      clients.push(client);
      const attach = client.attach('u.1', { stdout: 0, stderr: 0 }, stop.signal)[Symbol.asyncIterator]();
      const codes = await Promise.all(
        [
          client.execute(REQUEST),
          client.status('u'),
          client.list(),
          client.cancel('u'),
          client.forget('u'),
          client.health(),
          attach.next(),
        ].map(failure),
      );
      expect(codes, `token ${token}`).to.deep.equal(Array(7).fill('unauthenticated'));
    }
  });

  it('answers unavailable until the server has its token', async () => {
    let token: string | undefined;
    const { address } = await serveRuntime({
      address: '127.0.0.1:0',
      handlers: HANDLERS,
      token: () => token,
      signal: stop.signal,
    });
    const client = connected(address);
    expect(await failure(client.health())).to.equal('unavailable');
    token = 'secret';
    expect(await client.health()).to.deep.equal({ healthy: true, message: '', isolation: '' });
  });

  it('finds a restarted server again through the same client', async () => {
    const first = new AbortController();
    const { address } = await serveRuntime({
      address: '127.0.0.1:0',
      handlers: HANDLERS,
      token: () => 'secret',
      signal: first.signal,
    });
    const client = connected(address);
    await client.health();
    first.abort();
    expect(await failure(client.health())).to.equal('unavailable');
    await served({}, 'secret', address);
    let health: unknown;
    while (!health) health = await client.health().catch(() => undefined);
    expect(health).to.deep.equal({ healthy: true, message: '', isolation: '' });
  });

  it('listens on loopback only', async () => {
    for (const address of ['0.0.0.0:0', '[::]:0', 'example.com:80']) {
      const error = await served({}, 'secret', address).then(
        () => undefined,
        (caught: Error) => caught.message,
      );
      expect(error).to.contain('loopback only');
    }
  });
});
