import { expect } from 'chai';
import { readPatch } from '../../../../../agents/local/api/patch/apply-patch.ts';
import { builtinSchema } from '../../../../../agents/local/api/types/builtin-schemas.ts';
import { makeObject } from '../harness.ts';

const JSON_PATCH = 'application/json-patch+json';
const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const schema = builtinSchema('io.k8s.api.core.v1.Pod');

/** What a patch makes of an object that has only `data`. */
function patched(type: string, data: object, patch: unknown): unknown {
  const object = makeObject('X', 'a', { data });
  const before = structuredClone(object);
  const body = JSON.stringify(type === JSON_PATCH ? patch : { data: patch });
  const result = readPatch(body, type, { schema }).apply(object) as { data?: unknown };
  // what is stored is shared by many: a patch makes a copy
  expect(object).to.deep.equal(before);
  return result.data;
}

describe('patches', () => {
  for (const [title, data, patch, expected] of [
    ['sets and adds', { a: 1, b: 2 }, { a: 3, c: 4 }, { a: 3, b: 2, c: 4 }],
    ['merges deep', { a: { b: { c: 1 } } }, { a: { b: { d: 2 } } }, { a: { b: { c: 1, d: 2 } } }],
    ['removes', { a: 1, b: { c: 1, d: 2 } }, { a: null, b: { c: null } }, { b: { d: 2 } }],
    ['makes objects out of anything', { a: 'x' }, { a: { b: 1 } }, { a: { b: 1 } }],
    ['removes nothing from what is new', {}, { a: { b: null, c: 1 } }, { a: { c: 1 } }],
    ['replaces lists', { a: [1, 2, 3] }, { a: [4] }, { a: [4] }],
    [
      'drops nulls in objects of lists, and keeps those of lists',
      {},
      { a: [{ b: null, c: 1 }, null] },
      { a: [{ c: 1 }, null] },
    ],
    [
      'goes on after names that JavaScript knows',
      {},
      JSON.parse('{"constructor":1,"__proto__":{"x":2},"prototype":3,"z":4}'),
      JSON.parse('{"constructor":1,"__proto__":{"x":2},"prototype":3,"z":4}'),
    ],
  ] as const) {
    it(`that merge: ${title}`, () => {
      expect(JSON.stringify(patched(MERGE, data, patch))).to.equal(JSON.stringify(expected));
      expect(({} as { x?: number }).x).to.equal(undefined);
    });
  }

  for (const [title, patch, expected] of [
    [
      'add to a list',
      [
        { op: 'add', path: '/data/l/1', value: 9 },
        { op: 'add', path: '/data/l/-', value: 8 },
      ],
      { l: [1, 9, 2, 8] },
    ],
    ['remove from a list', [{ op: 'remove', path: '/data/l/0' }], { l: [2] }],
    ['replace in a list', [{ op: 'replace', path: '/data/l/0', value: 7 }], { l: [7, 2] }],
    [
      'see what those before them did',
      [
        { op: 'add', path: '/data/n', value: {} },
        { op: 'add', path: '/data/n/m', value: 1 },
        { op: 'test', path: '/data/n', value: { m: 1 } },
      ],
      { l: [1, 2], n: { m: 1 } },
    ],
    ['read escapes', [{ op: 'add', path: '/data/~0~1', value: 1 }], { l: [1, 2], '~/': 1 }],
  ] as const) {
    it(`of operations ${title}`, () => {
      expect(patched(JSON_PATCH, { l: [1, 2] }, patch)).to.deep.equal(expected);
    });
  }

  for (const [title, operation] of [
    ['a place outside of a list', { op: 'replace', path: '/data/l/5', value: 1 }],
    ['a place that is none', { op: 'add', path: '/data/l/x', value: 1 }],
    ['no operation', null],
    ['a path that is none', { op: 'add', path: 7, value: 1 }],
    ['a path without a slash', { op: 'test', path: 'data', value: null }],
    ['a move from nowhere', { op: 'move', from: '/data/z', path: '/data/y' }],
    ['the prototype of all objects', { op: 'add', path: '/__proto__/x', value: 1 }],
  ] as const) {
    it(`of operations refuse ${title}, and do nothing`, () => {
      expect(() => patched(JSON_PATCH, { l: [1, 2] }, [{ op: 'add', path: '/data/q', value: 1 }, operation])).to.throw(
        'the server rejected our request',
      );
      expect(({} as { x?: number }).x).to.equal(undefined);
    });
  }

  it('of too many operations are refused before the first', () => {
    const operations = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/kind', value: 'X' }));
    expect(() => readPatch(JSON.stringify(operations), JSON_PATCH, { schema })).to.throw(
      'maximum operations in a JSON patch is 10000, got 10001',
    );
  });

  it('that apply on the server are refused with a word on what to do instead', () => {
    expect(() => readPatch('{}', 'application/apply-patch+yaml', { schema })).to.throw('use client-side apply');
  });

  it('that are strategic know the lists of Pods', () => {
    const container = (name: string, rest: object = {}) => ({ name, ...rest });
    const pod = makeObject(
      'Pod',
      'p',
      {
        spec: {
          containers: [container('a', { image: '1' }), container('b', { image: '1' })],
          tolerations: [{ key: 'x' }],
        },
      },
      { finalizers: ['x/1'] },
    );
    const apply = (patch: object) =>
      readPatch(JSON.stringify(patch), STRATEGIC, { schema }).apply(pod) as typeof pod & {
        spec: { containers: object[]; tolerations: object[] };
      };
    const merged = apply({
      metadata: { finalizers: ['x/2', 'x/1'] },
      spec: { containers: [container('b', { image: '2' }), container('c')], tolerations: [{ key: 'y' }] },
    });
    expect(merged.metadata.finalizers).to.deep.equal(['x/2', 'x/1']);
    expect(merged.spec.containers).to.deep.equal([
      container('a', { image: '1' }),
      container('b', { image: '2' }),
      container('c'),
    ]);
    // tolerations have no key: they are replaced
    expect(merged.spec.tolerations).to.deep.equal([{ key: 'y' }]);
    const without = apply({
      metadata: { '$deleteFromPrimitiveList/finalizers': ['x/1'] },
      spec: { containers: [{ name: 'a', $patch: 'delete' }] },
    });
    expect([without.metadata.finalizers, without.spec.containers]).to.deep.equal([
      [],
      [container('b', { image: '1' })],
    ]);
  });
});
