import { expect } from 'chai';
import { pathOf, RESOURCES } from '../../../crds/client/index.ts';
import { sh, useWorld } from '../harness/world.ts';
import { JSON_PATCH, MERGE, STRATEGIC, send } from './raw.ts';

describe('the API: patches', () => {
  const world = useWorld('patches', { bash: false });
  const runs = () => pathOf(RESOURCES.runs, world.namespace);

  before(async () => {
    const { clients, namespace } = world;
    const metadata = { name: 'a', namespace, labels: { x: '1' } };
    await clients.runs.create({ metadata, spec: sh('echo', { runtime: 'nowhere' }) });
    await clients.runs.patch('a', namespace, { status: { phase: 'Succeeded' } }, { subresource: 'status' });
  });

  const label = (name: string) => `/metadata/labels/${name}`;
  for (const [title, operations, labels] of [
    ['adds', [{ op: 'add', path: label('y'), value: '2' }], { x: '1', y: '2' }],
    ['adds what replace does not find', [{ op: 'replace', path: label('y'), value: '2' }], { x: '1', y: '2' }],
    ['takes a missing value for null', [{ op: 'add', path: label('y') }], { x: '1', y: '' }],
    [
      'copies and moves',
      [
        { op: 'copy', from: label('x'), path: label('c') },
        { op: 'move', from: label('x'), path: label('m') },
      ],
      { c: '1', m: '1' },
    ],
    ['reads escapes', [{ op: 'add', path: label('a.b~1c'), value: 'z' }], { x: '1', 'a.b/c': 'z' }],
    ['tests what is there', [{ op: 'test', path: label('x'), value: '1' }], { x: '1' }],
    [
      'tests a whole',
      [{ op: 'test', path: '/spec', value: { source: { inline: 'echo' }, runtime: 'nowhere' } }],
      { x: '1' },
    ],
    ['tests null where nothing is', [{ op: 'test', path: '/status/assignedPod', value: null }], { x: '1' }],
    ['does nothing without operations', [], { x: '1' }],
    ['fails where a test does', [{ op: 'test', path: label('x'), value: '2' }], undefined],
    [
      'fails where a value is tested that is not there',
      [{ op: 'test', path: '/status/assignedPod', value: 'x' }],
      undefined,
    ],
    ['fails where it removes what is not there', [{ op: 'remove', path: label('y') }], undefined],
    [
      'fails where it adds below what is not there',
      [{ op: 'add', path: '/metadata/annotations/y', value: '2' }],
      undefined,
    ],
    ['fails on an unknown operation', [{ op: 'zap', path: label('x') }], undefined],
    ['fails without a path', [{ op: 'remove' }], undefined],
  ] as const) {
    it(`as JSON: ${title}`, async () => {
      const request = { method: 'PATCH', path: `${runs()}/a?dryRun=All`, contentType: JSON_PATCH } as const;
      const answer = await send(world, { ...request, body: [...operations] });
      const { metadata, message } = answer.json();
      if (labels) expect([answer.status, metadata?.labels ?? message]).to.deep.equal([200, labels]);
      else
        expect([answer.status, message]).to.deep.equal([
          422,
          'the server rejected our request due to an error in our request',
        ]);
    });
  }

  for (const [title, patch, expected] of [
    [
      'names what JavaScript knows',
      { labels: { constructor: '1', toString: '2' } },
      { x: '1', constructor: '1', toString: '2' },
    ],
    ['takes the last of two', '{"metadata":{"labels":{"b":"1","b":"2"}}}', { x: '1', b: '2' }],
    ['removes with null', { labels: { x: null } }, undefined],
    ['removes what is not there', { labels: { y: null } }, { x: '1' }],
    [
      'leaves times and counts alone',
      { creationTimestamp: '2020-01-01T00:00:00Z', generation: 77, deletionTimestamp: null },
      { x: '1' },
    ],
  ] as const) {
    it(`as a merge: ${title}`, async () => {
      const body: string | object = typeof patch === 'string' ? patch : { metadata: patch };
      const answer = await send(world, { method: 'PATCH', path: `${runs()}/a?dryRun=All`, contentType: MERGE, body });
      expect(answer.status, answer.text).to.equal(200);
      const { metadata } = answer.json();
      expect(metadata.labels).to.deep.equal(expected);
      expect(metadata.generation).to.equal(1);
    });
  }

  it('writes a JSON patch of a status under the same guard that reads it', async () => {
    const { clients, namespace } = world;
    await clients.runs.create({ metadata: { name: 'guarded', namespace }, spec: sh('echo', { runtime: 'nowhere' }) });
    const bind = () =>
      clients.runs.patch(
        'guarded',
        namespace,
        [
          { op: 'test', path: '/status/phase', value: 'Pending' },
          { op: 'test', path: '/status/assignedPodUID', value: null },
          { op: 'replace', path: '/status/phase', value: 'Succeeded' },
          { op: 'add', path: '/status/assignedPodUID', value: 'u' },
        ],
        { subresource: 'status' },
      );
    const [first, second] = await Promise.allSettled([bind(), bind()]);
    expect([first.status, second.status].sort()).to.deep.equal(['fulfilled', 'rejected']);
    await clients.runs.delete('guarded', namespace);
  });

  describe('as a strategic merge', () => {
    const path = () => `/apis/apps/v1/namespaces/${world.namespace}/deployments`;
    const template = (containers: object[], rest: object = {}) => ({
      spec: { template: { spec: { containers, ...rest } } },
    });
    const c = (rest: object) => ({ name: 'c', ...rest });
    const order = (list: string, names: string[]) => ({ [`$setElementOrder/${list}`]: names.map(name => ({ name })) });
    // biome-ignore lint/suspicious/noExplicitAny: a body is read by its paths
    const summary = ({ spec: { template, strategy } }: any) => ({
      strategy: strategy.type,
      volumes: template.spec.volumes?.map((v: object) => Object.keys(v).sort().join()),
      // biome-ignore lint/suspicious/noExplicitAny: a body is read by its paths
      containers: template.spec.containers.map((each: any) => [
        each.name,
        each.image,
        // biome-ignore lint/suspicious/noExplicitAny: a body is read by its paths
        (each.env ?? []).map((e: any) => `${e.name}=${e.value}`).join(),
        // biome-ignore lint/suspicious/noExplicitAny: a body is read by its paths
        (each.ports ?? []).map((p: any) => p.containerPort).join(),
      ]),
    });

    before(async () => {
      const labels = { app: 'd' };
      const body = {
        metadata: { name: 'd' },
        // no controller and no kubelet need do anything about it
        spec: {
          paused: true,
          replicas: 0,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [c({ image: 'i:1' })] } },
        },
      };
      expect((await send(world, { method: 'POST', path: path(), body })).status).to.equal(201);
    });

    for (const [title, patch, expected] of [
      ['merges containers by name', template([c({ image: 'i:2' })]), { containers: [['c', 'i:2', '', '']] }],
      [
        'puts new items where the order says',
        template(
          [
            { name: 's', image: 's' },
            c({
              env: [
                { name: 'A', value: '1' },
                { name: 'B', value: '2' },
              ],
            }),
          ],
          order('containers', ['s', 'c']),
        ),
        {
          containers: [
            ['s', 's', '', ''],
            ['c', 'i:2', 'A=1,B=2', ''],
          ],
        },
      ],
      [
        'orders lists in lists',
        template(
          [c({ env: [{ name: 'Z', value: '3' }], ...order('env', ['Z', 'B', 'A']) })],
          order('containers', ['s', 'c']),
        ),
        {
          containers: [
            ['s', 's', '', ''],
            ['c', 'i:2', 'Z=3,B=2,A=1', ''],
          ],
        },
      ],
      [
        'deletes an item',
        template([c({ env: [{ name: 'B', $patch: 'delete' }] })]),
        {
          containers: [
            ['s', 's', '', ''],
            ['c', 'i:2', 'Z=3,A=1', ''],
          ],
        },
      ],
      [
        'deletes a container',
        template([{ name: 's', $patch: 'delete' }], order('containers', ['c'])),
        { containers: [['c', 'i:2', 'Z=3,A=1', '']] },
      ],
      [
        'puts new items before those that it does not name',
        template([c({ env: [{ name: 'N', value: '9' }] })]),
        { containers: [['c', 'i:2', 'N=9,Z=3,A=1', '']] },
      ],
      [
        'replaces a list',
        template([c({ env: [{ $patch: 'replace' }, { name: 'R', value: '1' }] })]),
        { containers: [['c', 'i:2', 'R=1', '']] },
      ],
      [
        'merges ports by number',
        template([c({ ports: [{ containerPort: 80 }, { containerPort: 81 }] })]),
        { containers: [['c', 'i:2', 'R=1', '80,81']] },
      ],
      [
        'keeps the keys that are retained',
        { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } },
        { strategy: 'Recreate' },
      ],
      ['adds a volume', template([], { volumes: [{ name: 'v', emptyDir: {} }] }), { volumes: ['emptyDir,name'] }],
      [
        'changes the kind of a volume',
        template([], { volumes: [{ name: 'v', $retainKeys: ['name', 'configMap'], configMap: { name: 'x' } }] }),
        { volumes: ['configMap,name'] },
      ],
    ] as const) {
      it(title, async () => {
        const answer = await send(world, { method: 'PATCH', path: `${path()}/d`, contentType: STRATEGIC, body: patch });
        expect(answer.status, answer.text).to.equal(200);
        expect(summary(answer.json())).to.deep.include(expected as object);
      });
    }

    for (const [title, patch, message] of [
      ['an item without its key', template([{ image: 'j' }]), 'does not contain declared merge key: name'],
      ['an unknown directive', { spec: { strategy: { $patch: 'nope' } } }, 'unknown patch type: nope in map'],
    ] as const) {
      it(`refuses ${title}`, async () => {
        const answer = await send(world, { method: 'PATCH', path: `${path()}/d`, contentType: STRATEGIC, body: patch });
        expect([answer.status, answer.json().message]).to.satisfy(
          ([status, told]: [number, string]) => status === 500 && told.includes(message),
        );
      });
    }
  });
});
