/** A custom type of the suite's own, with every part of a schema that krt's types use, and those beside them. */
const text = { type: 'string' };

const spec = {
  s: text,
  n: { type: 'integer', minimum: 1, maximum: 10 },
  f: { type: 'number' },
  b: { type: 'boolean' },
  e: { type: 'string', enum: ['a', 'b'] },
  pattern: { type: 'string', pattern: '^[a-z]+$' },
  length: { type: 'string', minLength: 2, maxLength: 4 },
  list: { type: 'array', items: text, minItems: 1, maxItems: 2 },
  set: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
  map: {
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['k'],
    items: { type: 'object', required: ['k'], properties: { k: text, v: { type: 'integer', default: 7 } } },
  },
  object: {
    type: 'object',
    required: ['x'],
    properties: { x: text, y: { type: 'object', properties: { z: { type: 'integer' } } } },
  },
  numbers: { type: 'object', additionalProperties: { type: 'integer' }, maxProperties: 2 },
  any: { 'x-kubernetes-preserve-unknown-fields': true },
  either: { 'x-kubernetes-int-or-string': true },
  nullable: { type: 'string', nullable: true },
  defaulted: { type: 'string', default: 'given' },
  nested: { type: 'object', default: {}, properties: { q: { type: 'integer', default: 3 } } },
  time: { type: 'string', format: 'date-time' },
  duration: { type: 'string', format: 'duration' },
  i32: { type: 'integer', format: 'int32' },
  i64: { type: 'integer', format: 'int64' },
  bytes: { type: 'string', format: 'byte' },
  one: { type: 'object', properties: { a: text, b: text }, oneOf: [{ required: ['a'] }, { required: ['b'] }] },
  limits: { type: 'integer', minimum: 1, exclusiveMinimum: true, maximum: 5, exclusiveMaximum: true },
  fixed: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'never changes' }] },
  since: {
    type: 'string',
    maxLength: 30,
    'x-kubernetes-validations': [{ rule: "timestamp(self) > timestamp('2020-01-01T00:00:00Z')", message: 'too old' }],
  },
  short: {
    type: 'string',
    maxLength: 30,
    'x-kubernetes-validations': [{ rule: "duration(self) <= duration('1h')", message: 'too long' }],
  },
  ruled: {
    type: 'object',
    properties: {
      min: { type: 'integer' },
      max: { type: 'integer' },
      positive: { type: 'array', maxItems: 5, items: { type: 'integer' } },
      name: { type: 'string', maxLength: 20 },
      labels: { type: 'object', maxProperties: 5, additionalProperties: { type: 'string', maxLength: 10 } },
      'odd-name': { type: 'integer' },
      namespace: { type: 'string', maxLength: 5 },
    },
    'x-kubernetes-validations': [
      {
        rule: '!has(self.min) || !has(self.max) || self.min <= self.max',
        message: 'min above max',
        fieldPath: '.min',
        reason: 'FieldValueForbidden',
      },
      { rule: '!has(self.positive) || self.positive.all(x, x > 0)', messageExpression: "'all must be above 0'" },
      { rule: "!has(self.name) || self.name != 'bad'" },
      { rule: '!has(self.odd__dash__name) || self.odd__dash__name != 13', message: 'unlucky' },
      { rule: "!has(self.__namespace__) || self.__namespace__ != 'x'", message: 'not x' },
      { rule: "!has(self.labels) || self.labels.all(key, key != 'no' && self.labels[key] != 'no')", message: 'no no' },
      { rule: "!has(self.name) || self.name.split('/').all(part, part.matches('^[a-z]*$')) ", message: 'only letters' },
    ],
  },
};

/** Where the Widgets of `group` are served. */
export const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** The CustomResourceDefinition of Widgets in `group`. */
export function makeWidgetCrd(group: string) {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `widgets.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind: 'Widget', plural: 'widgets' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                spec: { type: 'object', properties: spec },
                status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
              },
            },
          },
        },
      ],
    },
  };
}
