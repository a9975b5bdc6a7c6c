import { itRefuses, makeBody, type Refusal, spec, useRequests } from './refusals.ts';

describe('the API: bodies that can not be right', () => {
  const { world, runs, post } = useRequests('bodies');
  const text = (value: object) => JSON.stringify(value);

  const BODIES: Refusal[] = [
    ['no body', () => ({ method: 'POST', path: runs() }), 400, 'BadRequest', 'unexpected end of JSON input (<empty>)'],
    ['half a body', () => post('{"kind":"Run"'), 400, 'BadRequest', 'unexpected end of JSON input ({"kind":"Run")'],
    ['what is no JSON', () => post('hello'), 400, 'BadRequest', "invalid character 'h' looking for beginning of value"],
    [
      'more than JSON',
      () => post(`${text(makeBody('x'))}x`),
      400,
      'BadRequest',
      "invalid character 'x' after top-level",
    ],
    ['a key without quotes', () => post('{kind:1}'), 400, 'BadRequest', 'looking for beginning of object key string'],
    ['a list', () => post('[]'), 400, 'BadRequest', 'json: cannot unmarshal array'],
    ['null', () => post('null'), 400, 'BadRequest', "Object 'Kind' is missing in 'null'"],
    ['no kind', () => post({ ...makeBody('x'), kind: undefined }), 400, 'BadRequest', "Object 'Kind' is missing in"],
    [
      'no version',
      () => post({ ...makeBody('x'), apiVersion: undefined }),
      400,
      'BadRequest',
      'the API version in the data',
    ],
    [
      'another version',
      () => post(makeBody('x', { apiVersion: 'v1' })),
      400,
      'BadRequest',
      'the API version in the data (v1)',
    ],
    [
      'another kind',
      () => post(makeBody('x', { kind: 'Runtime' })),
      422,
      'Invalid',
      'Invalid value: "Runtime": must be Run',
    ],
    ['20,000 objects in each other', () => post('{"a":'.repeat(20_000)), 400, 'BadRequest', 'exceeded max depth'],
    ['900,000 lists in each other', () => post('['.repeat(900_000)), 400, 'BadRequest', 'exceeded max depth'],
    [
      'a body above 3 MiB',
      () => post('x'.repeat(3 * 1024 * 1024 + 1)),
      413,
      'RequestEntityTooLarge',
      'limit is 3145728',
    ],
    [
      'an object that is too large to keep',
      () => post(makeBody('x', { spec: { ...spec, args: Array(250).fill('x'.repeat(8000)) } })),
      500,
      '',
      'request is too large',
    ],
    [
      'text',
      () => ({ ...post(makeBody('x')), contentType: 'text/plain' }),
      415,
      'UnsupportedMediaType',
      'accepted media types',
    ],
    [
      'metadata that is none',
      () => post(makeBody('x', { metadata: 'x' })),
      400,
      'BadRequest',
      'cannot unmarshal string into Go',
    ],
    [
      'a label that is a number',
      () => post(makeBody('x', { metadata: { name: 'x', labels: { a: 1 } } })),
      400,
      'BadRequest',
      'ObjectMeta.labels of type string',
    ],
    [
      'a time that is none',
      () => post(makeBody('x', { metadata: { name: 'x', creationTimestamp: 'x' } })),
      400,
      'BadRequest',
      'parsing time "x"',
    ],
    [
      'a version to be made',
      () => post(makeBody('x', { metadata: { name: 'x', resourceVersion: '5' } })),
      500,
      '',
      'resourceVersion should not be set on objects to be created',
    ],
    [
      'another namespace',
      () => post(makeBody('x', { metadata: { name: 'x', namespace: 'other' } })),
      400,
      'BadRequest',
      'the namespace of the provided object does not match',
    ],
    [
      'no name',
      () => post(makeBody('', { metadata: {} })),
      422,
      'Invalid',
      'metadata.name: Required value: name or generateName is required',
    ],
    ['bad YAML', () => ({ ...post('a: ['), contentType: 'application/yaml' }), 400, 'BadRequest', 'yaml: line 1'],
  ];
  const METADATA: Refusal[] = (
    [
      ['a long name', { name: 'x'.repeat(254) }, 'must be no more than 253 characters'],
      [
        'a label key of three parts',
        { labels: { 'a/b/c': 'd' } },
        'metadata.labels: Invalid value: "a/b/c": a valid label key',
      ],
      [
        'a label value with a space',
        { labels: { a: 'b c' } },
        'metadata.labels: Invalid value: "b c": a valid label must',
      ],
      ['a label value of 64', { labels: { a: 'b'.repeat(64) } }, 'must be no more than 63 bytes'],
      [
        'an annotation key without a name',
        { annotations: { 'a/': 'b' } },
        'metadata.annotations: Invalid value: "a/": name part must be non-empty',
      ],
      [
        'annotations above 256 KiB',
        { annotations: { a: 'b'.repeat(262_145) } },
        'metadata.annotations: Too long: may not be more than 262144 bytes',
      ],
      ['a finalizer that is none', { finalizers: ['a b'] }, 'metadata.finalizers: Invalid value: "a b"'],
      [
        'an owner without parts',
        { ownerReferences: [{ name: 'x' }] },
        'metadata.ownerReferences[0].uid: Required value: must not be empty',
      ],
      [
        'an owner of no version',
        { ownerReferences: [{ apiVersion: 'a/b/c', kind: 'A', name: 'x', uid: 'u' }] },
        'must be <group>/<version> or <version>',
      ],
      [
        'an Event as an owner',
        { ownerReferences: [{ apiVersion: 'v1', kind: 'Event', name: 'x', uid: 'u' }] },
        '/v1, Kind=Event is disallowed from being an owner',
      ],
      [
        'two controllers',
        {
          ownerReferences: [1, 2].map(n => ({
            apiVersion: 'v1',
            kind: 'A',
            name: `x${n}`,
            uid: `u${n}`,
            controller: true,
          })),
        },
        'Only one reference can have Controller set to true. Found "true" in references for A/x1 and A/x2',
      ],
    ] as const
  ).map(([title, metadata, message]) => [
    title,
    () => post(makeBody('x', { metadata: { name: 'x', ...metadata } }), '?dryRun=All'),
    422,
    'Invalid',
    message,
  ]);
  itRefuses(world, [...BODIES, ...METADATA]);
});
