import { expect } from 'chai';
import type { AttachEvent, ExecuteRequest, RuntimeError } from '../../../agents/protocol/index.ts';
import { FakeRuntimeServer } from '../../fakes/runtime-server.ts';

const REQUEST: ExecuteRequest = {
  id: 'u.1',
  args: [],
  env: {},
  timeoutSeconds: 0,
  workingDir: '/w',
  entrypoint: 's',
  handler: '',
};
const NEVER = new AbortController().signal;

describe('the fake Runtime Server behaves like a real one', () => {
  let server: FakeRuntimeServer;
  beforeEach(() => {
    server = new FakeRuntimeServer();
  });
  const failure = (call: Promise<unknown>) =>
    call.then(
      () => undefined,
      (error: RuntimeError) => error.code,
    );
  async function attach(offsets = { stdout: 0, stderr: 0 }, signal = NEVER): Promise<AttachEvent[]> {
    const events: AttachEvent[] = [];
    for await (const event of server.attach('u.1', offsets, signal)) events.push(event);
    return events;
  }

  it('starts an id once and streams until the end', async () => {
    await server.execute(REQUEST);
    expect(await server.execute(REQUEST)).to.equal('u.1');
    expect([server.starts.length, server.requests.length]).to.deep.equal([1, 2]);
    const all = attach();
    server.execution('u.1').print('out').print('err', 'stderr').drop(5).print('x').end({ exitCode: 3 });
    expect((await all).map(event => (event.type === 'final' ? event.status.exitCode : event.offset))).to.deep.equal([
      0, 0, 3, 8, 3,
    ]);
    const rest = await attach({ stdout: 1, stderr: 3 });
    expect(rest[0]).to.deep.equal({ type: 'chunk', stream: 'stdout', offset: 1, data: Buffer.from('ut') });
    expect(await server.status('u.1')).to.include({ state: 'failed', stdout: 'outx', stderr: 'err' });
  });

  it('cancels, forgets, and knows no other id', async () => {
    await server.execute(REQUEST);
    await server.cancel('u.1');
    expect(await server.status('u.1')).to.include({ state: 'failed', signal: 'SIGTERM', exitCode: 143 });
    await server.forget('u.1');
    expect(await failure(server.status('u.1'))).to.equal('notFound');
    expect(await failure(server.cancel('u.1'))).to.equal('notFound');
  });

  it('fails as told: before the effect, after it, gone, restarted, without Attach', async () => {
    server.failNext('execute').failNext('execute', 'deadlineExceeded', true);
    expect(await failure(server.execute(REQUEST))).to.equal('unavailable');
    expect(server.starts).to.deep.equal([]);
    expect(await failure(server.execute(REQUEST))).to.equal('deadlineExceeded');
    expect(server.starts).to.deep.equal(['u.1']);
    const broken = failure(attach());
    server.goDown();
    expect(await broken).to.equal('unavailable');
    expect(await failure(server.health())).to.equal('unavailable');
    server.comeBack();
    expect(await server.list()).to.have.length(1);
    server.hasAttach = false;
    expect(await failure(attach())).to.equal('unimplemented');
    server.restart();
    expect(await server.list()).to.deep.equal([]);
  });

  it('lets go of a reader that gives up, with its own reason', async () => {
    await server.execute(REQUEST);
    const stop = new AbortController();
    const reading = attach(undefined, stop.signal).catch((error: unknown) => error);
    stop.abort('enough');
    expect(await reading).to.equal('enough');
  });
});
