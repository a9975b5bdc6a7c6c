import { expect } from 'chai';
import { type ChildServer, startChild } from '../child-server.ts';
import { makeRunBody, RUNS, useFolder } from '../harness.ts';

/** Names to the number that was last acknowledged, with the version that came back. */
type Acknowledged = Map<string, { written: number; version: number }>;

/**
 * Creates Runs and counts a label of each up, several at once; kills the server in the middle of that, when `most`
 * writes more were acknowledged.
 */
async function writeAndKill(server: ChildServer, round: number, most: number, acknowledged: Acknowledged) {
  let left = most;
  let killed: Promise<void> | undefined;
  const note = async (name: string, written: number, answer: Response) => {
    if (!answer.ok) return;
    const { metadata } = (await answer.json()) as { metadata: { resourceVersion: string } };
    acknowledged.set(name, { written, version: Number(metadata.resourceVersion) });
    if (--left <= 0) killed ??= server.kill();
  };
  const writer = async (id: number) => {
    for (let n = 0; ; n++) {
      const name = `r${round}-w${id}-${n}`;
      await note(name, 0, await server.send('POST', RUNS, makeRunBody(name, { labels: { n: '0' } })));
      for (const count of [1, 2]) {
        const patch = { metadata: { labels: { n: String(count) } } };
        await note(name, count, await server.send('PATCH', `${RUNS}/${name}`, patch));
      }
    }
  };
  // the end of the server ends each writer in the middle of something
  await Promise.allSettled(Array.from({ length: 8 }, (_, id) => writer(id)));
  await killed;
}

interface Found {
  readonly metadata: { name: string; resourceVersion: string; labels: { n: string } };
}

async function listed(server: ChildServer): Promise<{ version: number; items: Map<string, Found> }> {
  const list = (await (await server.send('GET', RUNS)).json()) as {
    metadata: { resourceVersion: string };
    items: Found[];
  };
  const items = new Map(list.items.map(item => [item.metadata.name, item]));
  return { version: Number(list.metadata.resourceVersion), items };
}

describe('an API server that is killed', function () {
  this.timeout(60_000);
  const folder = useFolder();

  it('has kept every write that it acknowledged, and tells a watcher that comes back each change once', async () => {
    const acknowledged: Acknowledged = new Map();
    let server = await startChild(folder.path);
    for (const [round, most] of [100, 250].entries()) {
      const from = (await listed(server)).version;
      await writeAndKill(server, round, most, acknowledged);
      server = await startChild(folder.path);

      const { version, items } = await listed(server);
      expect(version).to.be.above(from);
      for (const [name, { written, version: told }] of acknowledged) {
        const found = items.get(name);
        expect(Number(found?.metadata.labels.n), name).to.be.at.least(written);
        expect(Number(found?.metadata.resourceVersion), name).to.be.at.least(told);
      }

      const answer = await server.send('GET', `${RUNS}?watch=true&resourceVersion=${from}&timeoutSeconds=1`);
      const lines = (await answer.text()).trim().split('\n');
      const objects = lines.map(line => (JSON.parse(line) as { object: Found }).object);
      const versions = objects.map(({ metadata }) => Number(metadata.resourceVersion));
      expect(versions).to.deep.equal([...new Set(versions)].sort((a, b) => a - b));
      expect(versions.at(-1)).to.equal(version);
      const isNew = ([name]: [string, Found]) => name.startsWith(`r${round}-`);
      for (const [name, { metadata }] of [...items].filter(isNew)) {
        const last = objects.findLast(object => object.metadata.name === name);
        expect(last?.metadata.labels.n, name).to.equal(metadata.labels.n);
      }
    }
    await server.stop();
  });

  it('refuses writes when the disk is full, serves what it has, and loses none of it', async () => {
    const server = await startChild(folder.path, { limitKiB: 900 });
    const seen = new Set<string>();
    let refused = 0;
    const inline = 'x'.repeat(20_000);
    for (let n = 0; refused < 3 && n < 200; n++) {
      const body = {
        ...makeRunBody(`big-${n}`, { labels: { n: '0' } }),
        spec: { runtime: 'bash', source: { inline } },
      };
      const answer = await server.send('POST', RUNS, body);
      if (answer.status === 500) refused++;
      else seen.add(`big-${n}`);
      await answer.arrayBuffer();
    }
    expect([refused, seen.size > 3]).to.deep.equal([3, true]);
    expect([...(await listed(server)).items.keys()].sort()).to.deep.equal([...seen].sort());
    await server.kill();

    const again = await startChild(folder.path);
    expect([...(await listed(again)).items.keys()].sort()).to.deep.equal([...seen].sort());
    expect((await again.send('POST', RUNS, makeRunBody('more'))).status).to.equal(201);
    await again.stop();
  });
});
