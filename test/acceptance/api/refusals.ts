import { expect } from 'chai';
import { pathOf, RESOURCES } from '../../../crds/client/index.ts';
import { sh, useWorld, type World } from '../harness/world.ts';
import { MERGE, type RawRequest, send } from './raw.ts';

/** A request that must be refused: with that status and reason, and a message that has this in it. */
export type Refusal = [title: string, request: () => RawRequest, status: number, reason: string, message: string];

/** The spec of Runs that no agent touches. */
export const spec = sh('echo hello', { runtime: 'nowhere' });

/** The body of a Run. */
export const makeBody = (name: string, rest: object = {}): object => ({
  apiVersion: 'kruntimes.io/v1alpha1',
  kind: 'Run',
  metadata: { name },
  spec,
  ...rest,
});

/** A world with a Run `here`, and requests that are about it. */
export function useRequests(suite: string) {
  const world = useWorld(suite, { bash: false });
  const runs = () => pathOf(RESOURCES.runs, world.namespace);
  before(async () => {
    const { clients, namespace } = world;
    await clients.runs.create({ metadata: { name: 'here', namespace, labels: { a: '1' } }, spec });
    const status = { phase: 'Succeeded', reason: 'Completed', exitCode: 0 } as const;
    await clients.runs.patch('here', namespace, { status }, { subresource: 'status' });
  });
  type Body = string | object;
  return {
    world,
    runs,
    post: (body: Body, query = ''): RawRequest => ({ method: 'POST', path: `${runs()}${query}`, body }),
    patch: (body: Body, contentType = MERGE, query = ''): RawRequest => ({
      method: 'PATCH',
      path: `${runs()}/here${query}`,
      body,
      contentType,
    }),
    erase: (body: Body): RawRequest => ({ method: 'DELETE', path: `${runs()}/here`, body }),
  };
}

/** One test for each refusal, and one that they have changed nothing. */
export function itRefuses(world: World, refusals: readonly Refusal[]): void {
  for (const [title, request, status, reason, message] of refusals) {
    it(`refuses ${title}`, async () => {
      const answer = await send(world, request());
      expect(answer.type).to.equal('application/json');
      const body = answer.json();
      expect([answer.status, body.kind, body.reason ?? '']).to.deep.equal([status, 'Status', reason]);
      expect([body.code, body.status]).to.deep.equal([status, 'Failure']);
      expect(body.message).to.include(message);
    });
  }

  it('has changed nothing by all that', async () => {
    const { items } = await world.clients.runs.list(world.namespace);
    expect(items.map(({ metadata }) => [metadata.name, metadata.labels])).to.deep.equal([['here', { a: '1' }]]);
  });
}
