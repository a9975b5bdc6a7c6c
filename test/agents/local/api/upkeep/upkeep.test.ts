import { expect } from 'chai';
import type { ApiObject } from '../../../../../agents/local/api/object.ts';
import { installCrds } from '../../../../../agents/local/api/upkeep/crds.ts';
import { catchUp } from '../../../../../agents/local/api/upkeep/upkeep.ts';
import { insertObject } from '../../../../../agents/local/api/verbs/create.ts';
import { removeObject } from '../../../../../agents/local/api/verbs/delete.ts';
import { settle } from '../../../../fakes/clock.ts';
import { readCrds } from '../crds.ts';
import { makeContext, makeObject, type TestContext, useFolder } from '../harness.ts';

const NOW = { dryRun: false, gracePeriodSeconds: 0, propagationPolicy: undefined } as const;
const HOUR = 60 * 60 * 1000;

describe('upkeep', () => {
  const folder = useFolder();
  let context: TestContext;
  beforeEach(() => {
    context = makeContext(folder.path);
  });
  afterEach(() => {
    context.stop();
    expect(context.errors).to.deep.equal([]);
  });

  const typeOf = (kind: string) => context.registry.all().find(type => type.kind === kind)!;
  const make = (kind: string, name: string, rest: object = {}, metadata: object = {}): ApiObject => {
    const object = makeObject(kind, name, rest, metadata);
    const type = typeOf(kind);
    if (!type.namespaced) delete object.metadata.namespace;
    return insertObject(context, type, object.metadata.namespace ?? '', object);
  };
  const names = (kind: string, namespace?: string) =>
    context.store.list(typeOf(kind).storageKey, namespace).map(({ name }) => name);
  const remove = (kind: string, name: string, namespace = 'default') => {
    const type = typeOf(kind);
    return removeObject(
      context,
      type,
      context.store.get(type.storageKey, type.namespaced ? namespace : '', name)!,
      NOW,
    );
  };
  const ownedBy = (...owners: ApiObject[]) => ({
    ownerReferences: owners.map(({ kind = '', metadata }) => ({
      apiVersion: 'v1',
      kind,
      name: metadata.name!,
      uid: metadata.uid!,
    })),
  });
  /** Lets upkeep go on until it has nothing left to do. */
  async function quiet(): Promise<void> {
    for (let revision = -1; revision !== context.store.revision; ) {
      revision = context.store.revision;
      for (let turn = 0; turn < 5; turn++) await settle();
    }
  }

  it('gives a new namespace its ServiceAccount', async () => {
    make('Namespace', 'x');
    await quiet();
    expect(names('ServiceAccount', 'x')).to.deep.equal(['default']);
  });

  it('empties a namespace of thousands, a slice at a time, and others get their turn in between', async () => {
    make('Namespace', 'x');
    for (let n = 0; n < 1000; n++) make('ConfigMap', `m${n}`, {}, { namespace: 'x' });
    make('ConfigMap', 'mine');
    await quiet();
    remove('Namespace', 'x');
    let turns = 0;
    while (names('Namespace').includes('x')) {
      await settle();
      turns++;
    }
    expect(turns).to.be.within(10, 200);
    expect([names('ConfigMap'), names('ServiceAccount', 'x')]).to.deep.equal([['mine'], []]);
  });

  it('keeps a namespace until the last finalizer in it is gone, also over a restart', async () => {
    make('Namespace', 'x');
    make('ConfigMap', 'held', {}, { namespace: 'x', finalizers: ['a.b/c'] });
    make('ConfigMap', 'free', {}, { namespace: 'x' });
    await quiet();
    remove('Namespace', 'x');
    await quiet();
    expect([names('ConfigMap', 'x'), names('Namespace')]).to.deep.equal([['held'], ['default', 'x']]);
    context.stop();
    context = makeContext(folder.path);
    await quiet();
    expect(names('Namespace')).to.deep.equal(['default', 'x']);
    const held = context.store.get('/configmaps', 'x', 'held')!;
    context.store.remove(held);
    await quiet();
    expect(names('Namespace')).to.deep.equal(['default']);
  });

  it('takes what is owned through any number of generations', async () => {
    let owner = make('ConfigMap', 'g0');
    for (let n = 1; n < 50; n++) owner = make('ConfigMap', `g${n}`, {}, ownedBy(owner));
    await quiet();
    expect(names('ConfigMap')).to.have.length(50);
    remove('ConfigMap', 'g0');
    await quiet();
    expect(names('ConfigMap')).to.deep.equal([]);
  });

  it('counts an owner of another namespace as none', async () => {
    make('Namespace', 'x');
    const owner = make('ConfigMap', 'owner', {}, { namespace: 'x' });
    make('ConfigMap', 'stray', {}, ownedBy(owner));
    await quiet();
    expect(names('ConfigMap', 'default')).to.deep.equal([]);
  });

  it('takes orphans that were made while it was down', async () => {
    const owner = make('ConfigMap', 'owner');
    make('ConfigMap', 'owned', {}, ownedBy(owner));
    // as a process that dies between the two deletions leaves it
    context.store.remove(context.store.get('/configmaps', 'default', 'owner')!);
    context.stop();
    context = makeContext(folder.path);
    catchUp(context);
    await quiet();
    expect(names('ConfigMap')).to.deep.equal([]);
  });

  it('drops Events after an hour, and the oldest above 5,000', async () => {
    const event = (name: string, rest: object = {}) =>
      make('Event', name, { involvedObject: { namespace: 'default' }, ...rest });
    event('old');
    event('renewed');
    await context.clock.advance(HOUR / 2);
    const renewed = context.store.get('/events', 'default', 'renewed')!.object;
    context.store.put('/events', {
      ...renewed,
      metadata: { ...renewed.metadata },
      lastTimestamp: new Date(context.clock.now()).toISOString(),
    });
    event('new');
    await context.clock.advance(HOUR / 2 + 60_000);
    expect(names('Event')).to.deep.equal(['new', 'renewed']);
    for (let n = 0; n < 5_001; n++) event(`e${n}`);
    await context.clock.advance(60_000);
    expect(names('Event')).to.have.length(5_000);
    expect(names('Event')).to.not.include('renewed');
  });

  it('serves a type as soon as its CRD is stored, and takes its objects with it', async () => {
    installCrds(context, readCrds());
    expect(typeOf('Run').isCustom).to.equal(true);
    await quiet();
    const crd = context.store.get('apiextensions.k8s.io/customresourcedefinitions', '', 'runs.kruntimes.io')!;
    const { conditions, acceptedNames } = crd.object['status'] as {
      conditions: { type: string; status: string }[];
      acceptedNames: { kind: string };
    };
    expect(conditions.map(({ type, status }) => `${type}=${status}`)).to.deep.equal([
      'NamesAccepted=True',
      'Established=True',
    ]);
    expect(acceptedNames.kind).to.equal('Run');
    const { revision } = context.store;
    installCrds(context, readCrds());
    expect(context.store.revision).to.equal(revision);
    make('Run', 'a', { apiVersion: 'kruntimes.io/v1alpha1', spec: { runtime: 'bash', args: ['x'] } });
    remove('CustomResourceDefinition', 'runs.kruntimes.io');
    await quiet();
    expect(context.registry.all().map(({ kind }) => kind))
      .to.include('Runtime')
      .and.not.include('Run');
    expect(context.store.list('kruntimes.io/runs')).to.deep.equal([]);
  });
});
