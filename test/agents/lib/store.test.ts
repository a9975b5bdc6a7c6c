import { expect } from 'chai';
import { Store } from '../../../agents/lib/store.ts';
import type { KubeObject } from '../../../crds/v1alpha1/meta.ts';

const object = (name: string, version: number, uid = name): KubeObject => ({
  metadata: { name, namespace: 'ns', uid, resourceVersion: String(version) },
});

function makeStore() {
  const told: string[] = [];
  const store = new Store<KubeObject>({ uid: ({ metadata }) => [metadata.uid!] }, ({ type, object }) =>
    told.push(`${type} ${object.metadata.name}@${object.metadata.resourceVersion}`),
  );
  return { store, told, names: () => [...store.values()].map(({ metadata: m }) => `${m.name}@${m.resourceVersion}`) };
}

describe('Store', () => {
  it('tells what a list adds, changes and lacks', () => {
    const { store, told } = makeStore();
    store.replaceAll([object('a', 1), object('b', 2)], '5');
    store.replaceAll([object('b', 7), object('c', 8)], '9');
    expect(told).to.deep.equal(['added a@1', 'added b@2', 'deleted a@1', 'updated b@7', 'added c@8']);
  });

  it('takes the answer of a write before its echo, and the echo is no news', () => {
    const { store, told } = makeStore();
    store.replaceAll([object('a', 1)], '5');
    expect(store.put(object('a', 6), true)).to.equal(true);
    store.change(object('a', 6));
    expect(told).to.deep.equal(['added a@1', 'updated a@6']);
  });

  it('refuses the answer of a write that comes after its echo, or after the deletion that followed', () => {
    const { store, told } = makeStore();
    store.replaceAll([object('a', 1)], '5');
    store.change(object('a', 6));
    expect(store.put(object('a', 6), true)).to.equal(false);
    store.remove(object('a', 8));
    expect(store.put(object('a', 7), true)).to.equal(false);
    expect(told).to.deep.equal(['added a@1', 'updated a@6', 'deleted a@6']);
  });

  it('is not moved back by an old event or list after a put', () => {
    const { store, names } = makeStore();
    store.replaceAll([object('a', 1)], '5');
    store.put(object('a', 9), true);
    store.put(object('b', 10), true);
    store.change(object('a', 7));
    store.replaceAll([object('a', 7)], '8');
    expect(names()).to.deep.equal(['a@9', 'b@10']);
  });

  it('lets an object go that a put says is no longer selected, whatever older echoes say', () => {
    const { store, names } = makeStore();
    store.replaceAll([object('a', 1)], '5');
    store.put(object('a', 9), false);
    store.change(object('a', 7));
    expect(names()).to.deep.equal([]);
    store.change(object('a', 12, 'another'));
    expect(names()).to.deep.equal(['a@12']);
  });

  it('tells a replacement under the same name as deleted and added', () => {
    const { store, told } = makeStore();
    store.replaceAll([object('a', 1, 'one')], '5');
    store.change(object('a', 6, 'two'));
    expect(told).to.deep.equal(['added a@1', 'deleted a@1', 'added a@6']);
  });

  it('finds objects by index, and no longer after they changed or went', () => {
    const { store } = makeStore();
    store.replaceAll([object('a', 1, 'x'), object('b', 2, 'x')], '5');
    const named = (uid: string) => [...store.by('uid', uid)].map(found => found.metadata.name);
    expect(named('x')).to.deep.equal(['a', 'b']);
    store.change(object('a', 6, 'y'));
    store.remove(object('b', 7, 'x'));
    expect([named('x'), named('y')]).to.deep.equal([[], ['a']]);
    expect(() => store.by('nothing', '')).to.throw('no index nothing');
  });

  it('starts over when a list is older than what was seen: the server was restored', () => {
    const { store, names } = makeStore();
    store.replaceAll([object('a', 50)], '60');
    store.replaceAll([object('b', 3)], '4');
    expect(names()).to.deep.equal(['b@3']);
  });
});
