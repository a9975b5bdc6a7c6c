import { expect } from 'chai';
import type { FieldError } from '../../../../../agents/local/api/field-error.ts';
import { withGoDurations } from '../../../../../agents/local/api/schema/cel-environment.ts';
import { compileRules } from '../../../../../agents/local/api/schema/cel-rules.ts';
import { compileDefaults } from '../../../../../agents/local/api/schema/defaults.ts';
import type { JsonSchema } from '../../../../../agents/local/api/schema/json-schema.ts';
import { prune } from '../../../../../agents/local/api/schema/prune.ts';
import { dropUnchanged } from '../../../../../agents/local/api/schema/ratchet.ts';

const integer: JsonSchema = { type: 'integer' };
const text: JsonSchema = { type: 'string' };

describe('rules of custom types', () => {
  const map: JsonSchema = { type: 'object', additionalProperties: integer };
  const keyed: JsonSchema = {
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['k'],
    items: {
      type: 'object',
      properties: { k: text, v: { ...integer, 'x-kubernetes-validations': [{ rule: 'self >= oldSelf' }] } },
    },
  };
  for (const [title, schema, rule, value, old, holds] of [
    ['count integers as integers', integer, 'self / 2 == 1', 3, undefined, true],
    ['keep numbers apart from integers', { type: 'number' }, 'self > 1.0', 1.5, undefined, true],
    ['read maps', map, "self.all(k, self[k] > 0) && 'a' in self && size(self) == 2", { a: 1, b: 2 }, undefined, true],
    [
      'read maps whose keys JavaScript knows',
      map,
      "self.all(k, self[k] > 0) && 'constructor' in self && !('toString' in self)",
      { constructor: 1 },
      undefined,
      true,
    ],
    ['compare such maps', map, 'self == oldSelf', { constructor: 1, a: 2 }, { a: 2, constructor: 1 }, true],
    ['tell such maps apart', map, 'self == oldSelf', { constructor: 1 }, { constructor: 2 }, false],
    ['know Go’s durations', text, "duration(self) < duration('2540400h')", '2540399h59m', undefined, true],
    ['know how long those can be', text, "duration(self) > duration('0s')", '2562048h', undefined, false],
    ['do not ask of what was where nothing was', text, 'self == oldSelf', 'a', undefined, true],
    ['ask where something was', text, 'self == oldSelf', 'a', 'b', false],
    ['hold what is left as it was to no rule', text, "self != 'a'", 'a', 'a', true],
    ['hold what is new to all', text, "self != 'a'", 'a', 'b', false],
    [
      'fail where they read what is not there',
      { type: 'object', properties: { a: integer } },
      'self.a > 0',
      {},
      undefined,
      false,
    ],
    ['size letters, not units', text, 'size(self) == 1 && size(bytes(self)) == 4', '😀', undefined, true],
  ] as const) {
    it(`of CEL ${title}`, () => {
      const errors: FieldError[] = [];
      compileRules({ ...schema, 'x-kubernetes-validations': [{ rule }] } as JsonSchema)!(value, old, 'f', errors);
      expect(errors.map(({ field }) => field)).to.deep.equal(holds ? [] : ['f']);
    });
  }

  it('of CEL compare items of lists that have keys with what they were', () => {
    const errors: FieldError[] = [];
    compileRules(keyed)!(
      [
        { k: 'b', v: 1 },
        { k: 'a', v: 2 },
        { k: 'new', v: 0 },
      ],
      [
        { k: 'a', v: 1 },
        { k: 'b', v: 2 },
      ],
      'l',
      errors,
    );
    expect(errors.map(({ field }) => field)).to.deep.equal(['l[0].v']);
  });

  for (const rule of ['self ==', 'foo(self)', "quantity(self).isGreaterThan(quantity('1'))", "'a' + 1"]) {
    it(`of CEL that can not be evaluated here are refused at once: ${rule}`, () => {
      expect(() => compileRules({ ...text, 'x-kubernetes-validations': [{ rule }] })).to.throw(rule.slice(0, 4));
    });
  }

  it('of CEL keep what stands in quotes', () => {
    expect(withGoDurations(`duration(self) == duration("1h") && self != 'duration(x)' && a.duration(b)`)).to.equal(
      `goDuration(self) == goDuration("1h") && self != 'duration(x)' && a.duration(b)`,
    );
  });

  it('on fields: what is not named goes, nulls go, defaults come', () => {
    const schema: JsonSchema = {
      type: 'object',
      properties: {
        a: { ...integer, default: 1 },
        n: { ...text, nullable: true },
        o: { type: 'object', default: {}, properties: { b: { ...integer, default: 2 } } },
        l: { type: 'array', items: { type: 'object', properties: { c: { ...integer, default: 3 } } } },
        p: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { d: integer } },
      },
    };
    const value = JSON.parse(
      '{"kind":"X","a":null,"n":null,"l":[{"c":null,"z":1},{}],"p":{"d":null,"e":null},"y":1,"__proto__":{"x":1}}',
    );
    const unknown: string[] = [];
    prune(value, schema, unknown);
    compileDefaults(schema)!(value);
    expect(value).to.deep.equal({ kind: 'X', a: 1, n: null, o: { b: 2 }, l: [{ c: 3 }, { c: 3 }], p: { e: null } });
    expect(unknown.sort()).to.deep.equal(['__proto__', 'l[0].z', 'y']);
  });

  const error = (field: string, type: FieldError['type'] = 'FieldValueInvalid'): FieldError => ({ type, field });
  for (const [title, field, now, old, left] of [
    ['the same value', 's', { s: 'x' }, { s: 'x' }, false],
    ['another value', 's', { s: 'x' }, { s: 'y' }, true],
    ['a new value', 's', { s: 'x' }, {}, true],
    ['an item of a list that is the same', 'list[0]', { list: ['x'] }, { list: ['x'] }, false],
    ['an item that is the same, of a list that is another', 'list[0]', { list: ['x', 'z'] }, { list: ['x'] }, true],
    [
      'an item with a key that has moved',
      'keyed[1].v',
      {
        keyed: [
          { k: 'b', v: 1 },
          { k: 'a', v: 2 },
        ],
      },
      { keyed: [{ k: 'a', v: 2 }] },
      false,
    ],
    [
      'an item with a key that has changed',
      'keyed[0].v',
      { keyed: [{ k: 'a', v: 2 }] },
      { keyed: [{ k: 'a', v: 1 }] },
      true,
    ],
  ] as const) {
    it(`on updates ${left ? 'refuse' : 'let pass'} ${title}`, () => {
      const schema: JsonSchema = {
        type: 'object',
        properties: { s: text, list: { type: 'array', items: text }, keyed },
      };
      expect(dropUnchanged([error(field)], now, old, schema)).to.have.length(left ? 1 : 0);
    });
  }

  it('on updates let pass a field that was missing before', () => {
    const schema: JsonSchema = { type: 'object', properties: { o: { type: 'object', required: ['x'] } } };
    const missing = error('o.x', 'FieldValueRequired');
    expect(dropUnchanged([missing], { o: {} }, { o: {} }, schema)).to.deep.equal([]);
    expect(dropUnchanged([missing], { o: {} }, { o: { x: 1 } }, schema)).to.deep.equal([missing]);
  });
});
