import { once } from 'node:events';
import * as http from 'node:http';
import { expect } from 'chai';
import { FakeClock } from '../../../../fakes/clock.ts';
import { makeRunBody, RUNS, startServer, type TestServer, TOKEN, useFolder } from '../harness.ts';

interface Event {
  readonly type: string;
  readonly object: {
    kind: string;
    code?: number;
    message?: string;
    metadata: { name: string; resourceVersion: string; labels?: object };
  };
}

/** A watch: what it was told so far, and its end. */
interface Watch {
  readonly events: Event[];
  readonly ended: Promise<unknown>;
  /** Resolves when there are so many events. */
  until(count: number): Promise<void>;
  pause(): void;
  close(): void;
}

describe('watches', () => {
  const folder = useFolder();
  let server: TestServer;
  afterEach(() => server.close());

  async function watch(query: string): Promise<Watch> {
    const request = http.get(`${server.url}${RUNS}?watch=true&${query}`, {
      headers: { Authorization: `Bearer ${TOKEN}` },
      agent: false,
    });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    const events: Event[] = [];
    const waiting = new Set<() => void>();
    let text = '';
    response.setEncoding('utf8');
    response.on('data', chunk => {
      text += chunk;
      const lines = text.split('\n');
      text = lines.pop()!;
      events.push(...lines.map(line => JSON.parse(line) as Event));
      for (const ask of waiting) ask();
    });
    response.on('error', () => undefined); // a cut is what some tests are about
    return {
      events,
      ended: once(response, 'close'),
      until: count =>
        new Promise(resolve => {
          const ask = () => {
            if (events.length < count) return;
            waiting.delete(ask);
            resolve();
          };
          waiting.add(ask);
          ask();
        }),
      pause: () => response.pause(),
      close: () => request.destroy(),
    };
  }

  const tell = ({ type, object }: Event) => `${type} ${object.metadata.name}`;
  const label = (name: string, value: string | null) =>
    server.request('PATCH', `${RUNS}/${name}`, { metadata: { labels: { c: value } } });
  const version = async () => (await server.request('GET', RUNS)).body.metadata.resourceVersion as string;

  it('tell every watcher of a burst everything, once and in order', async () => {
    server = await startServer(folder.path);
    const from = await version();
    const watches = await Promise.all(
      ['', 'labelSelector=c', 'fieldSelector=status.phase%3DPending'].map(query =>
        watch(`resourceVersion=${from}&${query}`),
      ),
    );
    const names = Array.from({ length: 100 }, (_, n) => `r${n}`);
    const live = async (name: string) => {
      await server.request('POST', RUNS, makeRunBody(name));
      await label(name, 'red');
      await server.request('PATCH', `${RUNS}/${name}/status`, { status: { phase: 'Succeeded' } });
      await server.request('DELETE', `${RUNS}/${name}`);
    };
    await Promise.all(names.map(live));
    await Promise.all([watches[0]!.until(400), watches[1]!.until(300), watches[2]!.until(300)]);
    const expected = [
      ['ADDED', 'MODIFIED', 'MODIFIED', 'DELETED'],
      ['ADDED', 'MODIFIED', 'DELETED'],
      // what ends leaves the selection of Pending ones
      ['ADDED', 'MODIFIED', 'DELETED'],
    ];
    for (const [index, { events, close }] of watches.entries()) {
      const versions = events.map(({ object }) => Number(object.metadata.resourceVersion));
      expect(versions).to.deep.equal([...new Set(versions)].sort((a, b) => a - b));
      for (const name of names) {
        const types = events.filter(({ object }) => object.metadata.name === name).map(({ type }) => type);
        expect(types, `${index} ${name}`).to.deep.equal(expected[index]);
      }
      close();
    }
  });

  it('go on from any version between two others, without a gap', async () => {
    server = await startServer(folder.path);
    const from = await version();
    for (const name of ['a', 'b', 'c']) await server.request('POST', RUNS, makeRunBody(name));
    const all = await watch(`resourceVersion=${from}`);
    await all.until(3);
    const three = all.events.slice(0, 3);
    for (const [index, { object }] of three.entries()) {
      const rest = await watch(`resourceVersion=${object.metadata.resourceVersion}`);
      await server.request('PATCH', `${RUNS}/c`, { metadata: { labels: { n: String(index) } } });
      await rest.until(3 - index);
      // earlier rounds have changed c as well
      expect(rest.events.slice(0, 2 - index).map(tell)).to.deep.equal(three.slice(index + 1).map(tell));
      rest.close();
    }
    all.close();
  });

  it('wait for a version of the future, and tell what comes after it', async () => {
    server = await startServer(folder.path);
    const future = await watch(`resourceVersion=${Number(await version()) + 2}`);
    for (const name of ['a', 'b', 'c']) await server.request('POST', RUNS, makeRunBody(name));
    await future.until(1);
    expect(future.events.map(tell)).to.deep.equal(['ADDED c']);
    future.close();
  });

  it('are told 410 when they come too late, and end', async () => {
    server = await startServer(folder.path, { history: { changes: 10, characters: 1_000_000 } });
    const from = await version();
    for (let n = 0; n < 30; n++) await server.request('POST', RUNS, makeRunBody(`r${n}`));
    const late = await watch(`resourceVersion=${from}`);
    await late.ended;
    expect(late.events.map(({ type, object }) => [type, object.code])).to.deep.equal([['ERROR', 410]]);
    expect(late.events[0]!.object.message).to.match(new RegExp(`^too old resource version: ${from} \\(\\d+\\)$`));
    const page = await server.request('GET', `${RUNS}?resourceVersion=${from}&resourceVersionMatch=Exact`);
    expect([page.status, page.body.reason]).to.deep.equal([410, 'Expired']);
  });

  it('go on after a restart of the server where they were', async () => {
    server = await startServer(folder.path);
    const from = await version();
    await server.request('POST', RUNS, makeRunBody('a'));
    await label('a', 'red');
    await server.close();
    server = await startServer(folder.path);
    await label('a', null);
    const after = await watch(`resourceVersion=${from}&labelSelector=c`);
    await after.until(2);
    expect(after.events.map(tell)).to.deep.equal(['ADDED a', 'DELETED a']);
    after.close();
  });

  it('tell a bookmark about once a minute to those who want one, and end in time', async () => {
    const clock = new FakeClock();
    server = await startServer(folder.path, { clock });
    const [marked, plain] = await Promise.all([
      watch('allowWatchBookmarks=true&timeoutSeconds=100'),
      watch('timeoutSeconds=100'),
    ]);
    await server.request('POST', RUNS, makeRunBody('a'));
    await marked.until(1);
    const now = await version();
    await clock.advance(55_000);
    await marked.until(2);
    expect(marked.events[1]).to.deep.equal({
      type: 'BOOKMARK',
      object: { kind: 'Run', apiVersion: 'kruntimes.io/v1alpha1', metadata: { resourceVersion: now } },
    });
    await clock.advance(45_000);
    await Promise.all([marked.ended, plain.ended]);
    expect(plain.events.map(({ type }) => type)).to.deep.equal(['ADDED']);
  });

  it('are cut where they do not read, so that the server does not grow, and the others go on', async () => {
    server = await startServer(folder.path);
    const [slow, quick] = await Promise.all([watch(''), watch('')]);
    slow.pause();
    const annotations = { large: 'x'.repeat(200_000) };
    const most = 120;
    for (let n = 0; n < most; n++) {
      await server.request('POST', RUNS, makeRunBody(`r${n}`, { annotations }));
      await server.request('DELETE', `${RUNS}/r${n}`);
    }
    await quick.until(2 * most);
    expect(server.log.map(line => (line as { msg: string }).msg)).to.deep.equal(['slow watcher is cut']);
    quick.close();
    slow.close();
  });

  it('leave nothing behind when they go', async () => {
    const clock = new FakeClock();
    server = await startServer(folder.path, { clock });
    const { sleeping } = clock;
    const watches = await Promise.all(Array.from({ length: 20 }, () => watch('')));
    expect(clock.sleeping).to.equal(sleeping + 20);
    for (const each of watches) each.close();
    while (clock.sleeping > sleeping) await new Promise(resolve => setImmediate(resolve));
  });
});
