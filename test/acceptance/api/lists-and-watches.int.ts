import { expect } from 'chai';
import type { WatchEvent, WatchOptions } from '../../../crds/client/index.ts';
import type { Run } from '../../../crds/v1alpha1/index.ts';
import { refusalOf } from '../harness/api-error.ts';
import { DEADLINE_MS } from '../harness/settings.ts';
import { sh, useWorld } from '../harness/world.ts';

describe('the API: lists and watches', () => {
  const world = useWorld('lists', { bash: false });
  const ended = { phase: 'Succeeded', reason: 'Completed', exitCode: 0 };

  async function make(name: string, labels: Record<string, string>, runtime = 'nowhere'): Promise<Run> {
    const { namespace, clients } = world;
    await clients.runs.create({ metadata: { name, namespace, labels }, spec: sh('echo', { runtime }) });
    return clients.runs.patch(name, namespace, { status: ended }, { subresource: 'status' });
  }

  const namesOf = (items: readonly Run[]) => items.map(run => run.metadata.name).sort();
  const label = (name: string, value: string | null) =>
    world.clients.runs.patch(name, world.namespace, { metadata: { labels: { colour: value } } });

  before(async () => {
    for (const [name, colour] of Object.entries({ a: 'red', b: 'red', c: 'blue', d: 'green' })) {
      await make(name, { colour, list: 'yes' });
    }
    await make('plain', {}, 'elsewhere');
  });

  for (const [labelSelector, expected] of [
    ['colour=red', ['a', 'b']],
    ['colour==blue', ['c']],
    ['colour!=red', ['c', 'd', 'plain']],
    ['colour in (blue, green),list', ['c', 'd']],
    ['colour notin (blue, green)', ['a', 'b', 'plain']],
    ['!colour', ['plain']],
    ['list=yes,colour', ['a', 'b', 'c', 'd']],
  ] as const) {
    it(`selects by labels: ${labelSelector}`, async () => {
      const { items } = await world.clients.runs.list(world.namespace, { labelSelector });
      expect(namesOf(items)).to.deep.equal(expected);
    });
  }

  for (const [fieldSelector, expected] of [
    ['status.phase=Succeeded', ['a', 'b', 'c', 'd', 'plain']],
    ['status.phase!=Succeeded', []],
    ['spec.runtime=elsewhere', ['plain']],
    ['spec.runtime=nowhere,metadata.name=a', ['a']],
    ['metadata.name!=a,spec.runtime=nowhere', ['b', 'c', 'd']],
  ] as const) {
    it(`selects by fields: ${fieldSelector}`, async () => {
      const { items } = await world.clients.runs.list(world.namespace, { fieldSelector });
      expect(namesOf(items)).to.deep.equal(expected);
    });
  }

  it('selects over all namespaces', async () => {
    const { items } = await world.clients.runs.list(undefined, { fieldSelector: 'spec.runtime=elsewhere' });
    expect(items.filter(run => run.metadata.namespace === world.namespace)).to.have.lengthOf(1);
  });

  it('refuses selectors that it cannot evaluate', async () => {
    const { clients, namespace } = world;
    const field = await refusalOf(clients.runs.list(namespace, { fieldSelector: 'status.message=x' }));
    expect([field.status, field.reason]).to.deep.equal([400, 'BadRequest']);
    expect(field.message).to.include('field label not supported: status.message');
    const bad = await refusalOf(clients.runs.list(namespace, { labelSelector: 'a in (' }));
    expect([bad.status, bad.reason]).to.deep.equal([400, 'BadRequest']);
  });

  it('gives a list in pages of one moment', async () => {
    const { clients, namespace } = world;
    const first = await clients.runs.list(namespace, { labelSelector: 'list=yes', limit: 3 });
    expect(namesOf(first.items)).to.deep.equal(['a', 'b', 'c']);
    await make('cc', { list: 'yes' });
    const token = first.metadata.continue!;
    const second = await clients.runs.list(namespace, { labelSelector: 'list=yes', limit: 3, continue: token });
    await clients.runs.delete('cc', namespace);
    expect(namesOf(second.items)).to.deep.equal(['d']);
    expect(second.metadata.continue ?? '').to.equal('');
    expect(second.metadata.resourceVersion).to.equal(first.metadata.resourceVersion);
  });

  it('tells how many remain where no selector makes that dear', async () => {
    const { clients, namespace } = world;
    const page = await clients.runs.list(namespace, { limit: 2 });
    expect(page.metadata.remainingItemCount).to.equal(3);
  });

  it('refuses a continue token that is none', async () => {
    const refused = await refusalOf(world.clients.runs.list(world.namespace, { limit: 2, continue: 'nonsense' }));
    expect(refused.status).to.equal(400);
  });

  /** The first `count` events that are not bookmarks, as TYPE name. */
  async function eventsOf(count: number, options: WatchOptions, act?: () => Promise<unknown>): Promise<string[]> {
    const seen: string[] = [];
    const signal = AbortSignal.timeout(DEADLINE_MS);
    const watching = (async () => {
      for await (const event of world.clients.runs.watch(world.namespace, { ...options, signal })) {
        if (event.type === 'BOOKMARK') continue;
        seen.push(`${event.type} ${event.object.metadata.name}`);
        if (seen.length === count) return;
      }
    })();
    await act?.();
    await watching;
    return seen;
  }

  it('watches from the version of a list, and tells each later change once and in order', async () => {
    const { clients, namespace } = world;
    const resourceVersion = (await clients.runs.list(namespace)).metadata.resourceVersion!;
    const events = await eventsOf(4, { resourceVersion }, async () => {
      await make('watched', {});
      await label('watched', 'black');
      await clients.runs.delete('watched', namespace);
    });
    expect(events).to.deep.equal(['ADDED watched', 'MODIFIED watched', 'MODIFIED watched', 'DELETED watched']);
  });

  it('begins with what is there where a watch names no version', async () => {
    const events = await eventsOf(2, { labelSelector: 'colour=red' });
    expect(events.sort()).to.deep.equal(['ADDED a', 'ADDED b']);
  });

  it('tells an object that begins or ceases to match a selector as added or deleted', async () => {
    const { clients, namespace } = world;
    await make('moving', { colour: 'grey' });
    const resourceVersion = (await clients.runs.list(namespace)).metadata.resourceVersion!;
    const events = await eventsOf(3, { resourceVersion, labelSelector: 'colour=pink' }, async () => {
      await label('moving', 'pink');
      await label('moving', null);
      await label('moving', 'pink');
      await clients.runs.delete('moving', namespace);
    });
    expect(events).to.deep.equal(['ADDED moving', 'DELETED moving', 'ADDED moving']);
  });

  it('does the same for field selectors, which is how a Pod loses sight of its ended Runs', async () => {
    const { clients, namespace } = world;
    const resourceVersion = (await clients.runs.list(namespace)).metadata.resourceVersion!;
    const fieldSelector = 'status.phase=Pending,metadata.name=finishing';
    const events = await eventsOf(2, { resourceVersion, fieldSelector }, () => make('finishing', {}));
    expect(events).to.deep.equal(['ADDED finishing', 'DELETED finishing']);
    await clients.runs.delete('finishing', namespace);
  });

  it('gives the last state with a deletion, under a version of its own', async () => {
    const { clients, namespace } = world;
    const { metadata } = await make('last', { colour: 'ochre' });
    const signal = AbortSignal.timeout(DEADLINE_MS);
    await clients.runs.delete('last', namespace);
    let last: WatchEvent<Run> | undefined;
    const options = { resourceVersion: metadata.resourceVersion!, fieldSelector: 'metadata.name=last', signal };
    for await (const event of clients.runs.watch(namespace, options)) {
      last = event;
      break;
    }
    expect(last?.type).to.equal('DELETED');
    const { labels, resourceVersion } = (last!.object as Run).metadata;
    expect(labels).to.deep.equal({ colour: 'ochre' });
    expect(Number(resourceVersion)).to.be.above(Number(metadata.resourceVersion));
  });

  it('ends a watch in good order when its time is over', async () => {
    const resourceVersion = (await world.clients.runs.list(world.namespace)).metadata.resourceVersion!;
    for await (const event of world.clients.runs.watch(world.namespace, { resourceVersion, timeoutSeconds: 1 })) {
      expect(event.type).to.equal('BOOKMARK');
    }
  });

  it('says 410 Gone to a watch from before its memory', async () => {
    const watching = async () => {
      for await (const event of world.clients.runs.watch(world.namespace, { resourceVersion: '1' })) return event;
      return undefined;
    };
    const gone = await refusalOf(watching());
    expect([gone.status, gone.reason]).to.deep.equal([410, 'Expired']);
  });
});
