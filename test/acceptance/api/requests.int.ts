import { expect } from 'chai';
import { send } from './raw.ts';
import { makeBody, spec, useRequests } from './refusals.ts';

describe('the API: requests', () => {
  const { world, runs, post } = useRequests('requests');
  const text = (value: object) => JSON.stringify(value);

  it('answers what is no resource with plain text, like any web server', async () => {
    for (const path of [
      '/nope',
      '/apis/kruntimes.io/v9/runs',
      `${runs().replace('/runs', '/nopes')}`,
      '/apis/nope.io',
    ]) {
      const answer = await send(world, { path });
      expect([path, answer.status, answer.type, answer.text]).to.deep.equal([
        path,
        404,
        'text/plain',
        '404 page not found\n',
      ]);
    }
  });

  it('warns of unknown and duplicate fields, in order, and takes the rest', async () => {
    const body = { ...makeBody('x'), spec: { ...spec, zzz: 1, retryPolicy: { nope: 1 } }, top: 1 };
    const answer = await send(world, post(body, '?dryRun=All'));
    expect(answer.status).to.equal(201);
    expect(answer.warnings).to.deep.equal(
      ['spec.retryPolicy.nope', 'spec.zzz', 'top'].map(path => `unknown field "${path}"`),
    );
    const twice = await send(
      world,
      post(text(makeBody('x')).replace('"runtime"', '"runtime":"a","runtime"'), '?dryRun=All'),
    );
    expect(twice.warnings).to.deep.equal(['duplicate field "spec.runtime"']);
    const quiet = await send(world, post(body, '?dryRun=All&fieldValidation=Ignore'));
    expect([quiet.status, quiet.warnings]).to.deep.equal([201, []]);
  });

  it('reads YAML as Kubernetes does', async () => {
    const yaml =
      'apiVersion: kruntimes.io/v1alpha1\nkind: Run\nmetadata: {name: a1}\nspec: {runtime: bash, args: [2026-01-01], source: {inline: "a\\n"}, cancelRequested: on}\n';
    const answer = await send(world, { ...post(yaml, '?dryRun=All'), contentType: 'application/yaml' });
    expect([answer.status, answer.text]).to.satisfy(([status]: [number, string]) => status === 201);
    expect(answer.json().spec).to.deep.include({ args: ['2026-01-01'], cancelRequested: true });
  });

  it('answers HEAD like GET, without a body', async () => {
    const answer = await send(world, { method: 'HEAD', path: `${runs()}/here` });
    expect([answer.status, answer.type, answer.text]).to.deep.equal([200, 'application/json', '']);
  });

  it('takes what has been read and written again, whatever its letters', async () => {
    const { clients, namespace } = world;
    const inline = 'é😀\u2028"\\\u0001';
    const env = JSON.parse('{"constructor":"1","__proto__":"2","toString":"3"}');
    const made = await clients.runs.create({
      metadata: { name: 'odd', namespace },
      spec: { ...spec, source: { inline }, env },
    });
    await clients.runs.delete('odd', namespace);
    expect(made.spec.source).to.deep.equal({ inline });
    expect(JSON.stringify(made.spec.env)).to.satisfy((written: string) =>
      ['constructor', '__proto__', 'toString'].every(name => written.includes(name)),
    );
    const half = await send(world, post(text(makeBody('x')).replace('echo hello', '\\ud800x'), '?dryRun=All'));
    expect(half.json().spec.source.inline).to.equal('\ufffdx');
  });
});
