import { expect } from 'chai';
import { ApiError } from '../../../crds/client/api-error.ts';
import { type ReflectorEvent, reflect } from '../../../crds/client/reflector.ts';
import type { ResourceClient, WatchEvent } from '../../../crds/client/resource-client.ts';
import type { KubeObject } from '../../../crds/v1alpha1/meta.ts';
import { FakeClock, settle } from '../../fakes/clock.ts';

const object = (name: string, resourceVersion: string): KubeObject => ({ metadata: { name, resourceVersion } });
const added = (name: string, version: string): WatchEvent<KubeObject> => ({
  type: 'ADDED',
  object: object(name, version),
});

/** What one watch does: sends events, then ends, throws, or stays silent until it is aborted. */
type Script = { events?: WatchEvent<KubeObject>[]; ending?: 'end' | 'hang' | Error };

/** A client whose lists and watches follow a script; `calls` tells what was asked. */
function scripted(lists: (KubeObject[] | Error)[], watches: Script[]) {
  const calls: string[] = [];
  let version = 10;
  const client: Pick<ResourceClient<KubeObject>, 'list' | 'watch'> = {
    async list() {
      calls.push('list');
      const items = lists.shift() ?? [];
      if (items instanceof Error) throw items;
      version += 10;
      return { metadata: { resourceVersion: String(version) }, items };
    },
    async *watch(_namespace, options = {}) {
      calls.push(`watch ${options.resourceVersion}`);
      const { events = [], ending = 'hang' } = watches.shift() ?? {};
      yield* events;
      if (ending instanceof Error) throw ending;
      if (ending === 'end') return;
      await new Promise((_, reject) => options.signal?.addEventListener('abort', () => reject(options.signal?.reason)));
    },
  };
  return { client: client as ResourceClient<KubeObject>, calls };
}

/** Runs a reflector over the script, moves the clock, and gives what it told, then stops it. */
async function told(
  lists: (KubeObject[] | Error)[],
  watches: Script[],
  advance: number,
  isFatal: (error: unknown) => boolean = () => false,
) {
  const { client, calls } = scripted(lists, watches);
  const clock = new FakeClock();
  const stop = new AbortController();
  const events: ReflectorEvent<KubeObject>[] = [];
  const retries: number[] = [];
  const options = {
    client,
    clock,
    signal: stop.signal,
    random: () => 0.5,
    isFatal,
    onRetry: (_: unknown, ms: number) => retries.push(ms),
  };
  let failure: unknown;
  const run = (async () => {
    for await (const event of reflect(options)) events.push(event);
  })().catch(error => {
    failure = error;
  });
  await clock.advance(advance);
  stop.abort();
  await run;
  await settle();
  const names = events.map(event =>
    event.type === 'replaced' ? `replaced ${event.objects.length}` : `${event.type} ${event.object.metadata.name}`,
  );
  return { names, calls, retries, failure, sleeping: clock.sleeping };
}

describe('reflect', () => {
  it('lists, then watches from the version of the list', async () => {
    const { names, calls } = await told([[object('a', '3')]], [{ events: [added('b', '21')] }], 0);
    expect(names).to.deep.equal(['replaced 1', 'changed b']);
    expect(calls).to.deep.equal(['list', 'watch 20']);
  });

  it('goes on from the last version seen, bookmarks included, when the server ends the watch', async () => {
    const bookmark: WatchEvent<KubeObject> = { type: 'BOOKMARK', object: { metadata: { resourceVersion: '40' } } };
    const { calls } = await told([[]], [{ events: [added('b', '21'), bookmark], ending: 'end' }, {}], 1000);
    expect(calls).to.deep.equal(['list', 'watch 20', 'watch 40']);
  });

  it('lists again after 410 Gone, so that deletions in the gap are noticed', async () => {
    const gone = new ApiError(410, { reason: 'Expired', code: 410 });
    const { names, calls } = await told([[object('a', '3')], []], [{ ending: gone }, {}], 1000);
    expect(names).to.deep.equal(['replaced 1', 'replaced 0']);
    expect(calls).to.deep.equal(['list', 'watch 20', 'list', 'watch 30']);
  });

  it('backs off with doubling delays while the server fails, and tells each', async () => {
    const down = new ApiError(503, { code: 503 });
    const { retries } = await told([down, down, down, []], [{}], 5000);
    expect(retries).to.deep.equal([100, 200, 400]);
  });

  it('does not hammer a server that closes every watch at once', async () => {
    const watches = Array.from({ length: 100 }, (): Script => ({ ending: 'end' }));
    const { calls } = await told([[]], watches, 1000);
    expect(calls.filter(call => call.startsWith('watch')).length).to.be.within(10, 15);
  });

  it('gives up a watch that is silent for too long and opens another', async () => {
    const { calls } = await told([[]], [{}, {}], 91_000);
    expect(calls).to.deep.equal(['list', 'watch 20', 'watch 20']);
  });

  it('does not ask whether the silence of a watch is fatal, but every failure of the server', async () => {
    const { calls } = await told([[]], [{}, {}], 91_000, () => true);
    expect(calls).to.deep.equal(['list', 'watch 20', 'watch 20']);
    const denied = new ApiError(403, { code: 403 });
    const { failure } = await told([denied], [], 0, error => error === denied);
    expect(failure).to.equal(denied);
  });

  it('leaves no timer behind when it is stopped', async () => {
    expect((await told([[]], [{}], 0)).sleeping).to.equal(0);
  });
});
