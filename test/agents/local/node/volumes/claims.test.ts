import { expect } from 'chai';
import { bindClaim } from '../../../../../agents/local/node/volumes/claims.ts';
import { ApiError } from '../../../../../crds/client/api-error.ts';
import type { Transport } from '../../../../../crds/client/transport.ts';

describe('bindClaim', () => {
  const { signal } = new AbortController();

  /** Binds the claim `data` as the server tells it; gives the requests that came in. */
  async function bind(claim: object | Error) {
    const requests: { method: string; path: string; body?: unknown }[] = [];
    const json = async (request: { method: string; path: string; body?: unknown }) => {
      requests.push(request);
      if (claim instanceof Error) throw claim;
      return claim;
    };
    await bindClaim({ json } as unknown as Transport, 'default', 'data', signal);
    return requests.map(({ method, path, body }) => [
      method,
      path.replace(/^.*default\//, ''),
      ...(body ? [body] : []),
    ]);
  }

  it('binds a claim with what it asks for', async () => {
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
    const status = { phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' } };
    expect(await bind({ spec })).to.deep.equal([
      ['GET', 'persistentvolumeclaims/data'],
      ['PATCH', 'persistentvolumeclaims/data/status', { status }],
    ]);
    expect((await bind({ status: { phase: 'Pending' } }))[1]).to.deep.equal([
      'PATCH',
      'persistentvolumeclaims/data/status',
      { status: { phase: 'Bound' } },
    ]);
  });

  it('writes nothing to one that is bound', async () => {
    expect(await bind({ status: { phase: 'Bound' } })).to.deep.equal([['GET', 'persistentvolumeclaims/data']]);
  });

  it('waits for one that there is not, and tells other errors as they are', async () => {
    const failure = (error: Error) => bind(error).catch((error: Error) => `${error.name}: ${error.message}`);
    expect(await failure(new ApiError(404, { code: 404, reason: 'NotFound' }))).to.equal(
      'ConfigError: persistentvolumeclaim "data" not found',
    );
    expect(await failure(new ApiError(500, { code: 500, message: 'asleep' }))).to.equal('ApiError: asleep');
  });
});
