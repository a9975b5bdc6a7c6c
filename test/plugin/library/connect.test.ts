import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Krt, KrtError } from '../../../plugin/library/index.ts';

const KUBECONFIG = {
  'current-context': 'one',
  clusters: [{ name: 'here', cluster: { server: 'http://somebody:secret@127.0.0.1:1' } }],
  users: [{ name: 'me', user: { token: 't' } }],
  contexts: [
    { name: 'one', context: { cluster: 'here', user: 'me' } },
    { name: 'two', context: { cluster: 'here', user: 'me', namespace: 'teams' } },
  ],
};

describe('the library, reaching a cluster', () => {
  const home = mkdtempSync(join(tmpdir(), 'krt-library-'));
  const file = join(home, 'config');
  before(() => writeFileSync(file, JSON.stringify(KUBECONFIG)));
  after(() => rmSync(home, { recursive: true }));

  const placeOf = ({ context, namespace, server }: Krt) => [context, namespace, server];
  const codeOf = (call: Promise<unknown>) => call.then(String, (error: KrtError) => error.code);

  it('takes the kubeconfig of the environment that it is given', async () => {
    const krt = await Krt.connect({ env: { KUBECONFIG: file, HOME: home } });
    expect(placeOf(krt)).to.deep.equal(['one', 'default', 'http://127.0.0.1:1']);
  });

  it('takes options before what the kubeconfig says', async () => {
    const krt = await Krt.connect({ kubeconfig: file, context: 'two', env: {} });
    expect(placeOf(krt)).to.deep.equal(['two', 'teams', 'http://127.0.0.1:1']);
    const other = await Krt.connect({ kubeconfig: file, namespace: 'mine', server: 'http://127.0.0.1:2', env: {} });
    expect(placeOf(other)).to.deep.equal(['one', 'mine', 'http://127.0.0.1:2']);
  });

  it('tells that there is no cluster, no such context, and no Pod around it', async () => {
    expect(await codeOf(Krt.connect({ env: { HOME: home } }))).to.equal('Unavailable');
    expect(await codeOf(Krt.connect({ kubeconfig: file, context: 'three' }))).to.equal('Usage');
    expect(await codeOf(Krt.inCluster({ env: {} }))).to.equal('Unavailable');
  });

  it('tells a bad spec and a bad name before any request', async () => {
    const krt = await Krt.connect({ kubeconfig: file });
    expect(await codeOf(krt.submit({ runtime: 'bash' }))).to.equal('Invalid');
    expect(await codeOf(krt.submit({ runtime: 'bash', args: ['true'] }, { name: 'Not a name' }))).to.equal('Usage');
    expect(await codeOf(krt.get('Not a name'))).to.equal('Usage');
  });

  it('asks nobody once its signal has aborted, and throws its reason', async () => {
    const krt = await Krt.connect({ kubeconfig: file });
    const reason = new Error('enough');
    const failure = await krt.list({ signal: AbortSignal.abort(reason) }).catch(error => error);
    expect(failure).to.equal(reason);
  });

  it('tells that nobody answers', async () => {
    using krt = await Krt.connect({ kubeconfig: file });
    const failure = await krt.list().catch(error => error);
    expect(failure).to.be.instanceOf(KrtError).and.include({ code: 'Unavailable', sort: 'environment' });
    const noLine = await krt
      .logs('some')
      .next()
      .catch(error => error);
    expect(noLine).to.be.instanceOf(KrtError).and.include({ code: 'Unavailable' });
  });
});
