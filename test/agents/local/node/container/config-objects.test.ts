import { expect } from 'chai';
import { readReferences } from '../../../../../agents/local/node/container/config-objects.ts';
import { ApiError } from '../../../../../crds/client/api-error.ts';
import type { Transport } from '../../../../../crds/client/transport.ts';
import { makePod } from '../../../../builders/pod.ts';

const { signal } = new AbortController();

/** A transport that answers GETs from `objects`, with 404 for the rest; and the paths that were asked for. */
function makeTransport(objects: Record<string, object>) {
  const asked: string[] = [];
  const json = async ({ path }: { path: string }) => {
    asked.push(path);
    if (!objects[path]) throw new ApiError(404, { code: 404, reason: 'NotFound' });
    return objects[path];
  };
  return { asked, transport: { json } as unknown as Transport };
}

describe('readReferences', () => {
  const base = '/api/v1/namespaces/default';
  const pod = makePod('p').obj();
  pod.spec.initContainers = [{ name: 'i', envFrom: [{ configMapRef: { name: 'from-init' } }] }];
  pod.spec.containers = [
    {
      name: 'a',
      env: [
        { name: 'A', valueFrom: { secretKeyRef: { name: 'keys', key: 'k' } } },
        { name: 'B', value: 'plain' },
      ],
    },
    {
      name: 'b',
      env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'app', key: 'k' } } }],
      envFrom: [{ secretRef: { name: 'keys' } }],
    },
  ];
  pod.spec.volumes = [
    { name: 'v', secret: { secretName: 'files' } },
    { name: 'w', configMap: { name: 'app' } },
    {
      name: 'x',
      projected: {
        sources: [
          { configMap: { name: 'parts' } },
          { secret: { name: 'more' } },
          { serviceAccountToken: { path: 't' } },
        ],
      },
    },
    { name: 'y', emptyDir: {} },
  ];

  it('asks for each object that the Pod names, once', async () => {
    const { asked, transport } = makeTransport({});
    await readReferences(transport, pod, signal);
    expect(asked.sort()).to.deep.equal([
      `${base}/configmaps/app`,
      `${base}/configmaps/from-init`,
      `${base}/configmaps/parts`,
      `${base}/secrets/files`,
      `${base}/secrets/keys`,
      `${base}/secrets/more`,
    ]);
  });

  it('gives values as bytes, of either kind of data', async () => {
    const { transport } = makeTransport({
      [`${base}/configmaps/app`]: {
        data: { text: 'grüße' },
        binaryData: { bytes: Buffer.from([0, 255]).toString('base64') },
      },
      [`${base}/secrets/keys`]: { data: { k: Buffer.from('hidden').toString('base64') } },
      [`${base}/secrets/files`]: {},
    });
    const references = await readReferences(transport, pod, signal);
    expect(references.get('ConfigMap', 'app')).to.deep.equal({
      text: Buffer.from('grüße'),
      bytes: Buffer.from([0, 255]),
    });
    expect(references.get('Secret', 'keys')).to.deep.equal({ k: Buffer.from('hidden') });
    expect(references.get('Secret', 'files')).to.deep.equal({});
    expect(references.get('Secret', 'more', true)).to.equal(undefined);
    expect(() => references.get('Secret', 'more')).to.throw('secret "more" not found');
  });

  it('takes an error of the server for no missing object', async () => {
    const down = new ApiError(500, { code: 500, message: 'asleep' });
    const transport = { json: () => Promise.reject(down) } as unknown as Transport;
    expect(await readReferences(transport, pod, signal).catch((error: unknown) => error)).to.equal(down);
  });
});
