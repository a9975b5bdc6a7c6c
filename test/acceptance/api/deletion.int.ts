import { expect } from 'chai';
import type { OwnerReference, Run } from '../../../crds/v1alpha1/index.ts';
import { refusalOf } from '../harness/api-error.ts';
import { sh, useWorld } from '../harness/world.ts';
import { MERGE, send } from './raw.ts';

describe('the API: deletion', () => {
  const world = useWorld('deletion', { bash: false });

  /** A Run that has ended, so that no agent looks at it. */
  async function make(name: string, owners: readonly Run[] = [], finalizers?: string[], blocks = false): Promise<Run> {
    const { clients, namespace } = world;
    const ownerReferences: OwnerReference[] = owners.map(({ metadata }) => ({
      apiVersion: 'kruntimes.io/v1alpha1',
      kind: 'Run',
      name: metadata.name!,
      uid: metadata.uid!,
      ...(blocks && { blockOwnerDeletion: true }),
    }));
    const metadata = {
      name,
      namespace,
      ...(finalizers && { finalizers }),
      ...(owners.length > 0 && { ownerReferences }),
    };
    await clients.runs.create({ metadata, spec: sh('echo', { runtime: 'nowhere' }) });
    return clients.runs.patch(name, namespace, { status: { phase: 'Succeeded' } }, { subresource: 'status' });
  }

  const gone = (...names: string[]) =>
    world.runs.until(`the end of ${names.join()}`, () => names.every(name => !world.runs.get(name)) && true);
  const release = (name: string) => world.clients.runs.patch(name, world.namespace, { metadata: { finalizers: null } });
  const erase = (name: string, propagationPolicy?: 'Background' | 'Foreground' | 'Orphan') =>
    world.clients.runs.delete(name, world.namespace, propagationPolicy ? { propagationPolicy } : {});
  const get = (name: string) => world.clients.runs.get(name, world.namespace);

  it('takes what is owned with its last owner', async () => {
    const [a, b] = [await make('a'), await make('b')];
    await make('both', [a, b]);
    await make('only', [a]);
    await erase('a');
    await gone('a', 'only');
    expect((await get('both')).metadata.ownerReferences).to.have.length.within(1, 2);
    await erase('b');
    await gone('b', 'both');
  });

  it('takes what is made with an owner that was never there', async () => {
    const never = { name: 'never', uid: '00000000-0000-4000-8000-000000000000' };
    const ownerReferences = [{ apiVersion: 'kruntimes.io/v1alpha1', kind: 'Run', ...never }];
    const metadata = { name: 'lost', namespace: world.namespace, ownerReferences };
    const { resourceVersion } = (
      await world.clients.runs.create({ metadata, spec: sh('echo', { runtime: 'nowhere' }) })
    ).metadata;
    const options = { resourceVersion: resourceVersion!, fieldSelector: 'metadata.name=lost' };
    for await (const event of world.clients.runs.watch(world.namespace, options)) if (event.type === 'DELETED') break;
  });

  it('leaves orphans where the policy says so', async () => {
    await make('orphan', [await make('parent')]);
    await erase('parent', 'Orphan');
    await gone('parent');
    const orphan = await world.runs.until('the end of the reference', () => {
      const found = world.runs.get('orphan');
      return found && !found.metadata.ownerReferences && found;
    });
    expect(orphan.metadata.deletionTimestamp).to.equal(undefined);
    await erase('orphan');
  });

  it('takes an owner after what blocks it, where the policy says so', async () => {
    const owner = await make('owner');
    const held = await make('held', [owner], ['example.com/hold'], true);
    await make('below', [held], undefined, true);
    await erase('owner', 'Foreground');
    await gone('below');
    const waiting = await world.runs.until('the deletion of held', () => {
      const found = world.runs.get('held');
      return found?.metadata.deletionTimestamp ? found : undefined;
    });
    expect(waiting.metadata.finalizers).to.include('example.com/hold');
    expect((await get('owner')).metadata.finalizers).to.deep.equal(['foregroundDeletion']);
    await release('held');
    await gone('held', 'owner');
  });

  it('adds no finalizer to what is being deleted, and lets the status be written', async () => {
    const { clients, namespace } = world;
    await make('dying', [], ['example.com/hold']);
    await erase('dying');
    const patch = { metadata: { finalizers: ['example.com/hold', 'example.com/more'] } };
    const refused = await refusalOf(clients.runs.patch('dying', namespace, patch));
    expect([refused.status, refused.message]).to.satisfy(
      ([status, text]: [number, string]) =>
        status === 422 && text.includes('no new finalizers can be added if the object is being deleted'),
    );
    await clients.runs.patch('dying', namespace, { status: { message: 'last words' } }, { subresource: 'status' });
    const { metadata, status } = await get('dying');
    expect([metadata.generation, metadata.deletionGracePeriodSeconds, status?.message]).to.deep.equal([
      2,
      0,
      'last words',
    ]);
    await release('dying');
    await gone('dying');
  });

  it('deletes a collection, or what a selector picks of it', async () => {
    const { namespace } = world;
    for (const name of ['c1', 'c2', 'c3']) await make(name);
    await world.clients.runs.patch('c3', namespace, { metadata: { labels: { keep: 'yes' } } });
    const path = `/apis/kruntimes.io/v1alpha1/namespaces/${namespace}/runs`;
    const dry = await send(world, { method: 'DELETE', path: `${path}?labelSelector=!keep&dryRun=All` });
    expect([dry.status, dry.json().kind]).to.deep.equal([200, 'RunList']);
    expect((await get('c1')).metadata.deletionTimestamp).to.equal(undefined);
    await send(world, { method: 'DELETE', path: `${path}?labelSelector=!keep` });
    await gone('c1', 'c2');
    expect((await get('c3')).metadata.labels).to.deep.equal({ keep: 'yes' });
    await send(world, { method: 'DELETE', path });
    await gone('c3');
  });

  it('answers with the object where types do, and with what was deleted elsewhere', async () => {
    const { namespace } = world;
    const path = `/api/v1/namespaces/${namespace}`;
    const metadata = { name: 'short' };
    await send(world, { method: 'POST', path: `${path}/serviceaccounts`, body: { metadata } });
    const account = await send(world, { method: 'DELETE', path: `${path}/serviceaccounts/short` });
    expect([account.status, account.json().kind, account.json().metadata.name]).to.deep.equal([
      200,
      'ServiceAccount',
      'short',
    ]);
    const made = await send(world, { method: 'POST', path: `${path}/configmaps`, body: { metadata } });
    const map = await send(world, { method: 'DELETE', path: `${path}/configmaps/short` });
    const details = { name: 'short', kind: 'configmaps', uid: made.json().metadata.uid };
    expect(map.json()).to.deep.equal({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details });
  });

  it('empties a namespace before it goes, and lets nothing in', async () => {
    const { clients, namespace: own } = world;
    const namespace = `${own}-end`;
    const path = `/api/v1/namespaces/${namespace}`;
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    await clients.namespaces.create({ metadata: { name: namespace, labels } });
    const finalizers = ['example.com/hold'];
    await clients.runs.create({
      metadata: { name: 'held', namespace, finalizers },
      spec: sh('echo', { runtime: 'nowhere' }),
    });
    await clients.namespaces.delete(namespace);
    const phase = async () => (await send(world, { path })).json().status.phase;
    expect(await phase()).to.equal('Terminating');
    const { resourceVersion } = (await send(world, { path })).json().metadata;
    const late = await send(world, {
      method: 'POST',
      path: `${path}/configmaps`,
      body: { metadata: { name: 'late' } },
    });
    expect([late.status, late.json().details.causes[0].reason]).to.deep.equal([403, 'NamespaceTerminating']);
    // a write to the namespace does not end it
    await send(world, { method: 'PATCH', path, contentType: MERGE, body: { metadata: { labels: { a: 'b' } } } });
    expect(await phase()).to.equal('Terminating');
    await clients.runs.patch('held', namespace, { metadata: { finalizers: null } });
    const options = { resourceVersion, fieldSelector: `metadata.name=${namespace}` };
    for await (const event of clients.namespaces.watch(undefined, options)) {
      if (event.type === 'DELETED') break;
    }
    expect((await send(world, { path })).status).to.equal(404);
  });
});
