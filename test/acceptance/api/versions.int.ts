import { expect } from 'chai';
import type { WatchEvent } from '../../../crds/client/index.ts';
import { pathOf, RESOURCES } from '../../../crds/client/index.ts';
import type { Run } from '../../../crds/v1alpha1/index.ts';
import { DEADLINE_MS } from '../harness/settings.ts';
import { sh, useWorld } from '../harness/world.ts';
import { send } from './raw.ts';

/** Lists and watches at other moments than now, and selectors to the letter. */
describe('the API: versions and selectors', () => {
  const world = useWorld('versions', { bash: false });
  const runs = () => pathOf(RESOURCES.runs, world.namespace);
  const list = (query: Record<string, string>) => send(world, { path: `${runs()}?${new URLSearchParams(query)}` });
  const names = (answer: { json(): { items: Run[] } }) => answer.json().items.map(run => run.metadata.name);
  /** Versions of the collection: before anything, after a, after b; then a is changed and b is gone. */
  const moments: string[] = [];

  before(async () => {
    const { clients, namespace } = world;
    const note = async () => moments.push((await clients.runs.list(namespace)).metadata.resourceVersion!);
    const make = async (name: string, labels: Record<string, string>) => {
      await clients.runs.create({ metadata: { name, namespace, labels }, spec: sh('echo', { runtime: 'nowhere' }) });
      await clients.runs.patch(name, namespace, { status: { phase: 'Succeeded' } }, { subresource: 'status' });
    };
    await note();
    await make('a', { c: 'red', n: '5' });
    await note();
    await make('b', { c: 'blue' });
    await note();
    await clients.runs.patch('a', namespace, { metadata: { labels: { c: 'green' } } });
    await clients.runs.delete('b', namespace);
  });

  it('lists what was there at an exact version', async () => {
    for (const [at, expected] of [
      [0, []],
      [1, ['a']],
      [2, ['a', 'b']],
    ] as const) {
      const answer = await list({ resourceVersion: moments[at]!, resourceVersionMatch: 'Exact' });
      expect([answer.status, names(answer)]).to.deep.equal([200, expected]);
      expect(answer.json().metadata.resourceVersion).to.equal(moments[at]);
    }
    const then = await list({ resourceVersion: moments[2]!, resourceVersionMatch: 'Exact', labelSelector: 'c=red' });
    expect(names(then)).to.deep.equal(['a']);
    const now = await list({ resourceVersion: moments[0]!, resourceVersionMatch: 'NotOlderThan' });
    expect(names(now)).to.deep.equal(['a']);
  });

  for (const [query, status, message] of [
    [{ resourceVersionMatch: 'Exact' }, 422, 'resourceVersionMatch is forbidden unless resourceVersion is provided'],
    [
      { resourceVersion: '0', resourceVersionMatch: 'Exact' },
      422,
      'resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
    ],
    [
      { resourceVersion: '1', resourceVersionMatch: 'Odd' },
      422,
      'Unsupported value: "Odd": supported values: "Exact", "NotOlderThan", ""',
    ],
    [{ sendInitialEvents: 'true' }, 422, 'sendInitialEvents is forbidden for list'],
    [{ resourceVersion: 'x' }, 400, 'parsing "x": invalid syntax'],
    [{ resourceVersion: '99999999999' }, 504, 'Too large resource version: 99999999999'],
    [{ limit: 'x' }, 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
    [{ timeoutSeconds: 'x' }, 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
    [
      { watch: 'true', resourceVersionMatch: 'NotOlderThan' },
      422,
      'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    ],
    [
      { watch: 'true', sendInitialEvents: 'true' },
      422,
      'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
    ],
    [{ watch: 'true', resourceVersion: 'x' }, 500, 'parsing "x": invalid syntax'],
    [{ watch: 'true', labelSelector: 'a in' }, 400, 'unable to parse requirement'],
    [{ watch: 'true', fieldSelector: 'spec.source=x' }, 400, 'field label not supported: spec.source'],
  ] as const) {
    it(`refuses ${new URLSearchParams(query)}`, async () => {
      const answer = await list(query);
      expect([answer.status, answer.json().message]).to.satisfy(
        ([got, text]: [number, string]) => got === status && text.includes(message),
        answer.text,
      );
    });
  }

  for (const [selector, expected] of [
    ['c=', []],
    ['c in (green,)', ['a']],
    ['c notin (red)', ['a']],
    ['n>3', ['a']],
    ['n<3', []],
    ['n > 3 , c', ['a']],
    ['c!=', ['a']],
    ['in in (in)', []],
    ['!x,!y', ['a']],
  ] as const) {
    it(`selects by labels: ${selector}`, async () => {
      const answer = await list({ labelSelector: selector });
      expect([answer.status, names(answer)], answer.text).to.deep.equal([200, expected]);
    });
  }

  for (const [selector, message] of [
    ['c=red,', "found '', expected: identifier after ','"],
    [',c=red', "found ',', expected: !, identifier, or 'end of string'"],
    ['c=red blue', "found 'blue', expected: ',' or 'end of string'"],
    ['(c)', "found '(', expected: !, identifier, or 'end of string'"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['c in red', "unable to parse requirement: found 'red' expected: '('"],
    ['n gt 3', "unable to parse requirement: found 'gt', expected: in, notin, =, ==, !=, gt, lt"],
    ['n>x', `values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`],
    ['c=a/b', 'values[0][c]: Invalid value: "a/b": a valid label must be'],
    ['a/b/c=d', '<nil>: Invalid value: "a/b/c": a valid label key must consist of'],
  ] as const) {
    it(`refuses the labels ${selector}`, async () => {
      const answer = await list({ labelSelector: selector });
      expect([answer.status, answer.json().reason]).to.deep.equal([400, 'BadRequest']);
      expect(answer.json().message).to.include(message);
    });
  }

  for (const [selector, expected] of [
    ['status.phase=Succeeded,', ['a']],
    ['metadata.namespace=other', []],
    ['status.assignedPod=', ['a']],
    ['status.phase=a\\,b', []],
    ['status.phase=a=b', 'unescaped character in value: 61'],
    ['status.phase=a\\b', 'invalid escape sequence: \\b'],
    ['status.phase', "can't understand 'status.phase'"],
    ['metadata.labels.c=green', 'field label not supported: metadata.labels.c'],
  ] as const) {
    it(`reads the fields ${selector}`, async () => {
      const answer = await list({ fieldSelector: selector });
      if (typeof expected !== 'string') expect([answer.status, names(answer)]).to.deep.equal([200, expected]);
      else
        expect([answer.status, answer.json().message]).to.satisfy(
          ([status, text]: [number, string]) => status === 400 && text.includes(expected),
        );
    });
  }

  /** The events of a watch up to the one that `last` accepts. */
  async function eventsOf(
    query: Record<string, string>,
    last: (event: WatchEvent<Run>) => boolean,
    act?: () => Promise<unknown>,
  ) {
    const events: WatchEvent<Run>[] = [];
    const signal = AbortSignal.timeout(DEADLINE_MS);
    const options = { method: 'GET', path: runs(), query: { watch: true, ...query }, signal } as const;
    const stream = await world.clients.transport.stream(options);
    await act?.();
    let text = '';
    for await (const chunk of stream) {
      text += chunk;
      const lines = text.split('\n');
      text = lines.pop()!;
      for (const line of lines) events.push(JSON.parse(line));
      if (events.some(last)) break;
    }
    stream.destroy();
    return events;
  }
  const isOf = (type: string, name: string) => (event: WatchEvent<Run>) =>
    event.type === type && (event.object as Run).metadata.name === name;

  it('tells what leaves a selection as it was in it, under the version that took it away', async () => {
    const query = { resourceVersion: moments[0]!, labelSelector: 'c=red' };
    const event = (await eventsOf(query, isOf('DELETED', 'a'))).at(-1)!;
    const { labels, resourceVersion } = (event.object as Run).metadata;
    expect(labels).to.deep.equal({ c: 'red', n: '5' });
    expect(resourceVersion).to.equal((await world.clients.runs.get('a', world.namespace)).metadata.resourceVersion);
  });

  it('begins with all that is there and says when that is over, where a watcher asks for it', async () => {
    const query = { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: 'true' };
    const events = await eventsOf(query, event => event.type === 'BOOKMARK');
    expect(events.map(event => event.type)).to.deep.equal(['ADDED', 'BOOKMARK']);
    const { metadata } = events[1]!.object as Run;
    expect(metadata.annotations).to.deep.equal({ 'k8s.io/initial-events-end': 'true' });
    expect(metadata.resourceVersion).to.match(/^\d+$/);
  });

  it('begins with nothing where a watcher wants only what comes', async () => {
    const query = { sendInitialEvents: 'false', resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: 'true' };
    const { clients, namespace } = world;
    const patch = { metadata: { annotations: { changed: 'yes' } } };
    const change = () => clients.runs.patch('a', namespace, patch);
    const [first] = await eventsOf(query, isOf('MODIFIED', 'a'), change);
    expect(first!.type).to.equal('MODIFIED');
  });

  it('tells changes as a table whose first rows say the columns', async () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    const query = { watch: true, resourceVersion: moments[0]! };
    const stream = await world.clients.transport.stream({
      method: 'GET',
      path: runs(),
      query,
      accept,
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    let text = '';
    for await (const chunk of stream) {
      text += chunk;
      if (text.split('\n').length > 2) break;
    }
    stream.destroy();
    const [first, second] = text.split('\n', 2).map(line => JSON.parse(line).object);
    expect([first.kind, first.columnDefinitions[0].name, first.rows[0].cells[1]]).to.deep.equal([
      'Table',
      'Name',
      'Pending',
    ]);
    expect([second.columnDefinitions, second.rows[0].cells[1]]).to.deep.equal([null, 'Succeeded']);
  });
});
