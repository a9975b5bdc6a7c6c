import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ApiError } from '../../../../crds/client/api-error.ts';
import type { Runtime } from '../../../../crds/v1alpha1/runtime.ts';
import type { KrtError } from '../../../../plugin/errors.ts';
import { ensureRuntime, readRuntimes } from '../../../../plugin/services/local/built-in-runtimes.ts';
import { makeRuntime } from '../../../builders/runtime.ts';
import { makeFakeClients } from '../../../fakes/clients.ts';
import { FakeClock, settle } from '../../../fakes/clock.ts';

describe('readRuntimes', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'krt-runtimes-'));
    for (const name of ['bash', 'python']) writeFileSync(join(folder, `${name}.yaml`), `metadata: { name: ${name} }\n`);
    writeFileSync(join(folder, 'README.md'), '');
  });
  after(() => rmSync(folder, { recursive: true }));

  it('reads those that are named', async () => {
    const names = (await readRuntimes(folder, ['python', 'bash'])).map(({ metadata }) => metadata.name);
    expect(names).to.deep.equal(['python', 'bash']);
    expect(await readRuntimes(folder, [])).to.deep.equal([]);
  });

  for (const [name, hint] of [
    ['bsah', 'did you mean bash?'],
    ['README', 'built in: bash, python'],
    ['../bash', 'built in: bash, python'],
  ] as const) {
    it(`refuses ${name}`, async () => {
      const error = (await readRuntimes(folder, ['bash', name]).catch((error: unknown) => error)) as KrtError;
      expect(error).to.include({ exitCode: 64, message: `--runtime: there is no built-in Runtime "${name}"` });
      expect(error.hint).to.match(new RegExp(`^${hint.replace('?', '\\?')}`));
    });
  }
});

describe('ensureRuntime', () => {
  const condition = (type: string, message = '') => ({
    ...{ type, status: 'True' as const, reason: 'Test', message },
    lastTransitionTime: '2026-01-01T00:00:00Z',
  });

  /** Asks for Runtime `bash` in `apps`; `isOver` tells whether the wait has ended. */
  function ensure(clients = makeFakeClients(), signal = new AbortController().signal) {
    const { runtimes } = clients;
    const state = { isOver: false, runtimes };
    const given: Runtime = { metadata: { name: 'bash' }, spec: makeRuntime('bash').obj().spec };
    const done = ensureRuntime(given, { runtimes, namespace: 'apps', clock: new FakeClock(), signal });
    const over = done.finally(() => (state.isOver = true));
    return Object.assign(state, { over });
  }
  const tell = (clients: ReturnType<typeof makeFakeClients>, status: object) =>
    clients.runtimes.patch('bash', 'apps', { status }, { subresource: 'status' });
  const quiet = async () => {
    for (let i = 0; i < 10; i++) await settle();
  };

  it('makes it in the namespace, and waits until Runs can start', async () => {
    const clients = makeFakeClients();
    const ensured = ensure(clients);
    await quiet();
    expect(clients.runtimes.peek('bash', 'apps')?.spec).to.deep.equal(makeRuntime('bash').obj().spec);
    expect(ensured.isOver).to.equal(false);
    await tell(clients, { conditions: [condition('Available')] });
    await ensured.over;
  });

  it('leaves one of the name as it is, and has not to wait for one without Pods', async () => {
    const clients = makeFakeClients();
    const { spec } = makeRuntime('bash').obj();
    clients.runtimes.seed({ metadata: { name: 'bash', namespace: 'apps' }, spec: { ...spec, replicas: 0 } });
    await ensure(clients).over;
    expect(clients.runtimes.peek('bash', 'apps')?.spec.replicas).to.equal(0);
  });

  for (const [title, act, message] of [
    [
      'can not work',
      (clients: ReturnType<typeof makeFakeClients>) =>
        tell(clients, { conditions: [condition('Degraded', 'no image')] }),
      'Runtime "bash": no image',
    ],
    [
      'is deleted meanwhile',
      async (clients: ReturnType<typeof makeFakeClients>) => clients.runtimes.remove('bash', 'apps'),
      'Runtime "bash" was deleted meanwhile',
    ],
  ] as const) {
    it(`fails where it ${title}`, async () => {
      const clients = makeFakeClients();
      const { over } = ensure(clients);
      await quiet();
      await act(clients);
      expect(await over.catch((error: unknown) => error)).to.include({ exitCode: 70, message });
    });
  }

  it('fails where it is refused', async () => {
    const clients = makeFakeClients();
    const refusal = new ApiError(403, { code: 403, message: 'no' });
    clients.runtimes.failNext('create', refusal);
    expect(await ensure(clients).over.catch((error: unknown) => error)).to.equal(refusal);
  });

  it('waits no more once it is interrupted', async () => {
    const stop = new AbortController();
    const { over } = ensure(makeFakeClients(), stop.signal);
    await quiet();
    stop.abort(new Error('enough'));
    expect(await over.catch((error: Error) => error)).to.have.property('message', 'enough');
  });
});
