import { expect } from 'chai';
import { pathOf, RESOURCES } from '../../../crds/client/index.ts';
import type { Run } from '../../../crds/v1alpha1/index.ts';
import { refusalOf } from '../harness/api-error.ts';
import { sh, useWorld } from '../harness/world.ts';

/** A Run that no agent touches: it has ended before any could. */
const spec = sh('echo hello', { runtime: 'nowhere', env: { A: '1', B: '2' }, args: ['x', 'y'] });

describe('the API: objects', () => {
  const world = useWorld('objects', { bash: false });

  async function makeEnded(name: string): Promise<Run> {
    const { namespace, clients } = world;
    await clients.runs.create({ metadata: { name, namespace, labels: { a: '1' } }, spec });
    const status = { phase: 'Succeeded', reason: 'Completed', exitCode: 0 };
    return clients.runs.patch(name, namespace, { status }, { subresource: 'status' });
  }

  it('fills in what the server owns when an object is created', async () => {
    const { clients, namespace } = world;
    const status = { phase: 'Succeeded' } as const;
    const run = await clients.runs.create({ metadata: { name: 'created', namespace, generation: 7 }, spec, status });
    expect(run.metadata.uid).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(run.metadata.resourceVersion).to.match(/^\d+$/);
    expect(run.metadata.creationTimestamp).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(run.metadata.generation).to.equal(1);
    // status is a subresource: what a creator writes there is dropped, and the default stands
    expect(run.status).to.deep.equal({ phase: 'Pending' });
    expect([run.apiVersion, run.kind]).to.deep.equal(['kruntimes.io/v1alpha1', 'Run']);
  });

  it('makes up a name from generateName', async () => {
    const { clients, namespace } = world;
    const create = () => clients.runs.create({ metadata: { generateName: 'made-up-', namespace }, spec });
    const names = (await Promise.all([create(), create(), create()])).map(run => run.metadata.name);
    for (const name of names) expect(name).to.match(/^made-up-[a-z0-9]{5}$/);
    expect(new Set(names)).to.have.lengthOf(3);
  });

  it('refuses a name that is there, one that is none, and a namespace that is not there', async () => {
    const { clients, namespace } = world;
    await makeEnded('taken');
    const taken = await refusalOf(clients.runs.create({ metadata: { name: 'taken', namespace }, spec }));
    expect([taken.status, taken.reason]).to.deep.equal([409, 'AlreadyExists']);
    expect(taken.message).to.equal('runs.kruntimes.io "taken" already exists');

    const bad = await refusalOf(clients.runs.create({ metadata: { name: 'Bad_Name', namespace }, spec }));
    expect([bad.status, bad.reason]).to.deep.equal([422, 'Invalid']);
    expect(bad.message).to.match(
      /^Run\.kruntimes\.io "Bad_Name" is invalid: metadata\.name: Invalid value: "Bad_Name"/,
    );

    const nowhere = await refusalOf(clients.runs.create({ metadata: { name: 'x', namespace: 'krt-no-such' }, spec }));
    expect([nowhere.status, nowhere.message]).to.deep.equal([404, 'namespaces "krt-no-such" not found']);
  });

  it('says NotFound with the name of what is missing', async () => {
    const { clients, namespace } = world;
    const gone = await refusalOf(clients.runs.get('no-such', namespace));
    expect([gone.status, gone.reason, gone.message]).to.deep.equal([
      404,
      'NotFound',
      'runs.kruntimes.io "no-such" not found',
    ]);
    expect(gone.body.details).to.include({ name: 'no-such', group: 'kruntimes.io', kind: 'runs' });
    expect((await refusalOf(clients.runs.delete('no-such', namespace))).status).to.equal(404);
    expect((await refusalOf(clients.runs.patch('no-such', namespace, { metadata: {} }))).status).to.equal(404);
  });

  it('prunes unknown fields, and refuses them where the writer asks for strictness', async () => {
    const { clients, namespace } = world;
    const odd = { metadata: { name: 'odd', namespace }, spec: { ...spec, retrys: 3 } } as Run;
    const strict = await refusalOf(clients.runs.create(odd, { fieldValidation: 'Strict', dryRun: true }));
    expect(strict.status).to.equal(400);
    expect(strict.message).to.include('unknown field "spec.retrys"');

    const warnings: string[] = [];
    clients.transport.onWarning = text => warnings.push(text);
    const pruned = await clients.runs.create(odd, { fieldValidation: 'Warn', dryRun: true });
    delete clients.transport.onWarning;
    expect(pruned.spec).to.not.have.property('retrys');
    expect(warnings).to.deep.equal(['unknown field "spec.retrys"']);
  });

  it('merges a merge patch, where null removes and a list is replaced', async () => {
    const { clients, namespace } = world;
    await makeEnded('merged');
    const patch = { metadata: { labels: { a: null, b: '2' }, annotations: { note: 'x' } } };
    const after = await clients.runs.patch('merged', namespace, patch);
    expect(after.metadata.labels).to.deep.equal({ b: '2' });
    expect(after.metadata.annotations).to.deep.equal({ note: 'x' });
    const listed = { status: { attempts: [{ attempt: 1, reason: 'ExitCode' }] } };
    await clients.runs.patch('merged', namespace, listed, { subresource: 'status' });
    const replaced = { status: { attempts: [{ attempt: 2, reason: 'Signal' }] } };
    const run = await clients.runs.patch('merged', namespace, replaced, { subresource: 'status' });
    expect(run.status?.attempts).to.deep.equal(replaced.status.attempts);
  });

  it('applies a JSON patch whole or not at all', async () => {
    const { clients, namespace } = world;
    const before = await makeEnded('patched');
    const after = await clients.runs.patch('patched', namespace, [
      { op: 'test', path: '/status/phase', value: 'Succeeded' },
      { op: 'add', path: '/metadata/labels/b', value: '2' },
      { op: 'remove', path: '/metadata/labels/a' },
    ]);
    expect(after.metadata.labels).to.deep.equal({ b: '2' });
    const refused = await refusalOf(
      clients.runs.patch('patched', namespace, [
        { op: 'add', path: '/metadata/labels/c', value: '3' },
        { op: 'test', path: '/status/phase', value: 'Pending' },
      ]),
    );
    expect([refused.status, refused.reason]).to.deep.equal([422, 'Invalid']);
    const last = await clients.runs.get('patched', namespace);
    expect(last.metadata.labels).to.deep.equal({ b: '2' });
    expect(last.metadata.uid).to.equal(before.metadata.uid);
  });

  it('refuses a write on an old version with a conflict, whatever the way of writing', async () => {
    const { clients, namespace } = world;
    const old = await makeEnded('contended');
    const { resourceVersion } = old.metadata;
    await clients.runs.patch('contended', namespace, { metadata: { labels: { a: '2' } } });
    const patch = { metadata: { resourceVersion, labels: { a: '3' } } };
    const refusals = await Promise.all([
      refusalOf(clients.runs.patch('contended', namespace, patch)),
      refusalOf(clients.runs.patch('contended', namespace, patch, { subresource: 'status' })),
      refusalOf(clients.runs.replace(old)),
      refusalOf(clients.runs.delete('contended', namespace, { preconditions: { resourceVersion: resourceVersion! } })),
      refusalOf(clients.runs.delete('contended', namespace, { preconditions: { uid: 'another' } })),
    ]);
    for (const refused of refusals) expect([refused.status, refused.reason]).to.deep.equal([409, 'Conflict']);
    expect(refusals[0]!.message).to.equal(
      'Operation cannot be fulfilled on runs.kruntimes.io "contended": ' +
        'the object has been modified; please apply your changes to the latest version and try again',
    );
    expect((await clients.runs.get('contended', namespace)).metadata.labels).to.deep.equal({ a: '2' });
  });

  it('keeps the version of an object that a write does not change', async () => {
    const { clients, namespace } = world;
    const { metadata } = await makeEnded('same');
    const again = await clients.runs.patch('same', namespace, { metadata: { labels: { a: '1' } } });
    expect(again.metadata.resourceVersion).to.equal(metadata.resourceVersion);
  });

  it('raises the generation with the spec alone, and keeps spec and status apart', async () => {
    const { clients, namespace } = world;
    await makeEnded('apart');
    const both = { spec: { ttlSecondsAfterFinished: 9000 }, status: { message: 'x' } };
    const bySpec = await clients.runs.patch('apart', namespace, both);
    expect([bySpec.metadata.generation, bySpec.spec.ttlSecondsAfterFinished]).to.deep.equal([2, 9000]);
    expect(bySpec.status).to.not.have.property('message');
    const other = { spec: { ttlSecondsAfterFinished: 1 }, status: { message: 'y' } };
    const byStatus = await clients.runs.patch('apart', namespace, other, { subresource: 'status' });
    expect([byStatus.metadata.generation, byStatus.spec.ttlSecondsAfterFinished]).to.deep.equal([2, 9000]);
    expect(byStatus.status?.message).to.equal('y');
  });

  it('stores nothing on a dry run', async () => {
    const { clients, namespace } = world;
    const dry = await clients.runs.create({ metadata: { name: 'dry', namespace }, spec }, { dryRun: true });
    expect(dry.metadata.uid).to.be.a('string');
    expect((await refusalOf(clients.runs.get('dry', namespace))).status).to.equal(404);
    const kept = await makeEnded('kept');
    await clients.runs.patch('kept', namespace, { metadata: { labels: { dry: 'yes' } } }, { dryRun: true });
    await clients.runs.delete('kept', namespace, { dryRun: true });
    expect((await clients.runs.get('kept', namespace)).metadata).to.deep.equal(kept.metadata);
  });

  it('keeps a deleted object until its finalizers are gone', async () => {
    const { clients, namespace } = world;
    await makeEnded('held');
    await clients.runs.patch('held', namespace, { metadata: { finalizers: ['example.com/hold'] } });
    await clients.runs.delete('held', namespace);
    expect((await clients.runs.get('held', namespace)).metadata.deletionTimestamp).to.be.a('string');
    await clients.runs.patch('held', namespace, { metadata: { finalizers: null } });
    expect((await refusalOf(clients.runs.get('held', namespace))).status).to.equal(404);
  });

  it('scales a Runtime through its scale subresource', async () => {
    const { clients, namespace } = world;
    const template = { spec: { containers: [{ name: 'runtime', image: 'example.invalid/none:1' }] } };
    await clients.runtimes.create({ metadata: { name: 'scaled', namespace }, spec: { replicas: 0, template } });
    const path = pathOf(RESOURCES.runtimes, namespace, 'scaled', 'scale');
    const read = await clients.transport.json<{ kind: string; spec: object }>({ method: 'GET', path });
    expect([read.kind, read.spec]).to.deep.equal(['Scale', {}]);
    const body = { spec: { replicas: 3 } };
    const dryRun = { dryRun: 'All' };
    const contentType = 'application/merge-patch+json';
    await clients.transport.json({ method: 'PATCH', path, body, contentType, query: dryRun });
    const written = await clients.transport.json<{ spec: object }>({ method: 'PATCH', path, body, contentType });
    expect(written.spec).to.deep.equal({ replicas: 3 });
    expect((await clients.runtimes.get('scaled', namespace)).spec.replicas).to.equal(3);
    await clients.runtimes.delete('scaled', namespace);
  });
});
