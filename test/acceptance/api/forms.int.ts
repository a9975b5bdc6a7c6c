import { expect } from 'chai';
import { pathOf, RESOURCES } from '../../../crds/client/index.ts';
import { sh, useWorld } from '../harness/world.ts';
import { MERGE, send } from './raw.ts';

const form = (as: string) => `application/json;as=${as};v=v1;g=meta.k8s.io`;
const TABLE = `${form('Table')},application/json`;

describe('the API: the forms of an answer', () => {
  const world = useWorld('forms', { bash: false });
  const runs = () => pathOf(RESOURCES.runs, world.namespace);

  before(async () => {
    const { clients, namespace } = world;
    const spec = sh('echo', { runtime: 'nowhere' });
    await clients.runs.create({ metadata: { name: 'a', namespace, labels: { a: '1' } }, spec });
    const status = { phase: 'Failed', reason: 'ExitCode', exitCode: 3, attempt: 1, assignedPod: 'p' } as const;
    await clients.runs.patch('a', namespace, { status }, { subresource: 'status' });
  });

  const COLUMNS = ['Name', 'Phase', 'Runtime', 'Exit', 'Attempt', 'Reason', 'Pod', 'Age'];

  for (const [title, path, object] of [
    ['of metadata', '', { kind: 'PartialObjectMetadata', name: 'a' }],
    ['of whole objects', '?includeObject=Object', { kind: 'Run', name: 'a' }],
    ['of cells alone', '?includeObject=None', undefined],
  ] as const) {
    it(`is a table ${title}, of a list`, async () => {
      const table = (await send(world, { path: `${runs()}${path}`, accept: TABLE })).json();
      expect([table.kind, table.apiVersion]).to.deep.equal(['Table', 'meta.k8s.io/v1']);
      expect(table.columnDefinitions.map((column: { name: string }) => column.name)).to.deep.equal(COLUMNS);
      const [row] = table.rows;
      expect(row.cells.slice(0, -1)).to.deep.equal(['a', 'Failed', 'nowhere', 3, 1, 'ExitCode', 'p']);
      expect(row.cells.at(-1)).to.match(/^\d+[smh]$/);
      const shown = row.object && { kind: row.object.kind, name: row.object.metadata.name };
      expect(shown ?? undefined).to.deep.equal(object);
    });
  }

  it('is a table of one object, also of one that is written', async () => {
    const read = (await send(world, { path: `${runs()}/a`, accept: TABLE })).json();
    const request = {
      method: 'PATCH',
      path: `${runs()}/a?dryRun=All`,
      accept: TABLE,
      body: {},
      contentType: MERGE,
    } as const;
    const written = (await send(world, request)).json();
    for (const table of [read, written]) {
      expect([table.kind, table.rows.length, table.rows[0].cells[1]]).to.deep.equal(['Table', 1, 'Failed']);
    }
  });

  it('is no table where there is nothing', async () => {
    const answer = await send(world, { path: `${runs()}/none`, accept: TABLE });
    expect([answer.status, answer.json().kind]).to.deep.equal([404, 'Status']);
    const empty = (await send(world, { path: `${runs()}?labelSelector=none`, accept: TABLE })).json();
    expect([empty.kind, empty.rows]).to.deep.equal(['Table', []]);
  });

  it('is metadata alone, of one or of all', async () => {
    const one = (await send(world, { path: `${runs()}/a`, accept: form('PartialObjectMetadata') })).json();
    expect(Object.keys(one).sort()).to.deep.equal(['apiVersion', 'kind', 'metadata']);
    expect([one.kind, one.metadata.labels]).to.deep.equal(['PartialObjectMetadata', { a: '1' }]);
    const list = (await send(world, { path: runs(), accept: form('PartialObjectMetadataList') })).json();
    expect([list.kind, list.items.length, list.items[0].spec]).to.deep.equal([
      'PartialObjectMetadataList',
      1,
      undefined,
    ]);
    const wrong = await send(world, { path: runs(), accept: form('PartialObjectMetadata') });
    expect([wrong.status, wrong.json().reason]).to.deep.equal([406, 'NotAcceptable']);
  });

  it('is YAML, or JSON where another is asked for that can not be served', async () => {
    const yaml = await send(world, { path: `${runs()}/a`, accept: 'application/yaml' });
    expect([yaml.status, yaml.type]).to.deep.equal([200, 'application/yaml']);
    expect(yaml.text)
      .to.match(/^apiVersion: kruntimes\.io\/v1alpha1\nkind: Run\nmetadata:\n/)
      .and.include('\n  phase: Failed\n');
    for (const accept of ['*/*', 'text/html;q=0.9,*/*;q=0.8', 'application/vnd.kubernetes.protobuf,application/json']) {
      const answer = await send(world, { path: `${runs()}/a`, accept });
      expect([answer.status, answer.type, answer.json().kind]).to.deep.equal([200, 'application/json', 'Run']);
    }
  });

  it('leaves out of lists of built-in types what their items are, and keeps it in lists of custom ones', async () => {
    const path = `/api/v1/namespaces/${world.namespace}/serviceaccounts`;
    const accounts = (await send(world, { path: `${path}?fieldSelector=metadata.name=default` })).json();
    expect([accounts.kind, accounts.items[0].kind, accounts.items[0].apiVersion]).to.deep.equal([
      'ServiceAccountList',
      undefined,
      undefined,
    ]);
    expect(accounts.metadata).to.not.have.property('continue');
    const list = (await send(world, { path: runs() })).json();
    expect([list.kind, list.items[0].kind, list.metadata.continue]).to.deep.equal(['RunList', 'Run', '']);
  });

  it('tells what it serves', async () => {
    const group = (await send(world, { path: '/apis/kruntimes.io/v1alpha1' })).json();
    const resources = group.resources as { name: string; kind: string; verbs: string[] }[];
    const served = Object.fromEntries(resources.map(({ name, kind, verbs }) => [name, [kind, ...verbs].sort()]));
    const all = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
    expect(served).to.deep.equal({
      runs: ['Run', ...all],
      'runs/status': ['Run', 'get', 'patch', 'update'],
      runtimes: ['Runtime', ...all],
      'runtimes/status': ['Runtime', 'get', 'patch', 'update'],
      'runtimes/scale': ['Scale', 'get', 'patch', 'update'],
    });
    const unknown = await send(world, { path: '/apis/apps/v9' });
    expect([unknown.status, unknown.type, unknown.json().message]).to.deep.equal([
      404,
      'application/json',
      'the server could not find the requested resource',
    ]);
    const aggregated = await send(world, {
      path: '/apis',
      accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
    });
    // biome-ignore lint/suspicious/noExplicitAny: a body is read by its paths
    const ours = aggregated.json().items.find((item: any) => item.metadata.name === 'kruntimes.io');
    // biome-ignore lint/suspicious/noExplicitAny: a body is read by its paths
    expect(ours.versions[0].resources.map((each: any) => each.resource).sort()).to.deep.equal(['runs', 'runtimes']);
  });

  it('allows what the token allows, and says so', async () => {
    const review = (kind: string, spec: object) =>
      send(world, { method: 'POST', path: `/apis/authorization.k8s.io/v1/${kind}`, body: { spec } });
    const access = await review('selfsubjectaccessreviews', {
      resourceAttributes: { verb: 'create', group: 'kruntimes.io', resource: 'runs', namespace: world.namespace },
    });
    expect([access.status, access.json().status.allowed]).to.deep.equal([201, true]);
    const vague = await review('selfsubjectaccessreviews', {});
    expect([vague.status, vague.json().reason]).to.deep.equal([422, 'Invalid']);
    const rules = await review('selfsubjectrulesreviews', { namespace: world.namespace });
    expect([rules.status, rules.json().status.incomplete]).to.deep.equal([201, false]);
  });
});
