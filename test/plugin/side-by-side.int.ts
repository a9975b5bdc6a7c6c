import { join } from 'node:path';
import { expect } from 'chai';
import type { Clients } from '../../crds/client/index.ts';
import { type Finished, run } from '../acceptance/harness/cli.ts';
import { requireKubectl } from '../acceptance/harness/kubectl.ts';
import { KRT_BIN } from '../acceptance/harness/settings.ts';
import { makeRun } from '../builders/run.ts';
import { makeRuntime } from '../builders/runtime.ts';
import { type OldServer, startOldServer } from './old-server.ts';

const TEMPLATE_FILE = join(import.meta.dirname, 'fixtures/runs.gotemplate');

// krt leaves <, > and & in JSON as they are, and a cell at one line: there it parts from kubectl
describe('krt get and kubectl get, byte by byte', () => {
  requireKubectl();
  let server: OldServer;
  before(async () => {
    server = await startOldServer(populate);
  });
  after(() => server?.stop());

  const kubectl = (args: readonly string[]): Promise<Finished> => run('kubectl', args, { env: server.env });
  const krt = (args: readonly string[]): Promise<Finished> =>
    run(process.execPath, [KRT_BIN, ...args], { env: server.env });

  for (const line of [
    'get runs',
    'get runs -o wide',
    'get runs -A -o wide --show-labels',
    'get runs -L team,example.com/tier',
    'get runs --no-headers=true -o wide',
    'get runs -A -o name',
    'get run/done run/failed',
    'get run done -o json',
    'get runs -o yaml',
    'get runs -l team=a',
    'get runs --field-selector=status.phase!=Failed,spec.runtime=bash -o name',
    'get runs --sort-by=.metadata.name',
    'get runs --sort-by={.spec.priority}',
    'get runs -o custom-columns=NAME:.metadata.name,EXIT:.status.exitCode,ARGS:.spec.args',
    'get runs --no-headers -o custom-columns=N:.metadata.name',
    'get runs -o jsonpath={range.items[*]}{.metadata.name}={.status.exitCode};{end}',
    'get run done -o jsonpath-as-json={.spec.args[*]}',
    'get runs -o go-template={{range.items}}{{.metadata.name}}:{{.spec.priority}}{{.spec.ttlSecondsAfterFinished}};{{end}}',
    'get run done -o template={{.spec.args}}{{.nothing}}{{range.spec.args}}[{{.}}]{{$.kind}}{{end}}{{.status.exitCode}}',
    `get runs -A -o go-template-file=${TEMPLATE_FILE}`,
    'get runs --chunk-size=1',
    'get runs -o json --chunk-size=0 --show-managed-fields',
    'get rt -o wide',
    'get runtime bash -o yaml',
    'get runtimes -A --show-labels',
    'get runs -l team=none',
    'get runs -l team=none -A',
    'get runs -l team=none -o json',
    'get run none --ignore-not-found',
  ]) {
    it(line, async () => {
      const args = line.split(' ');
      const [theirs, ours] = [await kubectl(args), await krt(args)];
      expect(ours.stdout).to.equal(theirs.stdout);
      expect(ours.stderr).to.equal(theirs.stderr);
      expect(ours.code).to.equal(theirs.code);
    });
  }

  it('list is get runs, and runtime list is get runtimes', async () => {
    expect((await krt(['list'])).stdout).to.equal((await kubectl(['get', 'runs'])).stdout);
    expect((await krt(['runtime', 'list', '-o', 'wide'])).stdout).to.equal(
      (await kubectl(['get', 'runtimes', '-o', 'wide'])).stdout,
    );
    expect((await krt(['list', '-r', 'bash', '-o', 'name'])).stdout).to.equal(
      (await kubectl(['get', 'runs', '--field-selector=spec.runtime=bash', '-o', 'name'])).stdout,
    );
  });

  it('say the same of a name that is not there, each with its own label and code', async () => {
    const [theirs, ours] = [await kubectl(['get', 'run', 'none', 'done']), await krt(['get', 'run', 'none', 'done'])];
    expect(ours.stdout).to.equal(theirs.stdout);
    expect(theirs.stderr).to.equal('Error from server (NotFound): runs.kruntimes.io "none" not found\n');
    expect(ours.stderr).to.equal(
      'error: runs.kruntimes.io "none" not found\nsee which there are: krt list, or krt list -A\n',
    );
    expect([theirs.code, ours.code]).to.deep.equal([1, 64]);
  });

  it('say the same of what they delete', async () => {
    for (const args of [
      ['delete', 'run', 'done', '--dry-run=client'],
      ['delete', 'run', 'done', '--dry-run=server', '-o', 'name'],
    ]) {
      expect((await krt(args)).stdout, args.join(' ')).to.equal((await kubectl(args)).stdout);
    }
    expect((await krt(['delete', 'run/done'])).stdout).to.equal('run.kruntimes.io "done" deleted\n');
    expect((await kubectl(['get', 'run', 'done', '--ignore-not-found'])).stdout).to.equal('');
  });
});

/** Runs and Runtimes in many states. */
async function populate({ runs, runtimes, namespaces }: Clients): Promise<void> {
  await namespaces.create({ metadata: { name: 'other' } });
  const labels = { team: 'a', 'example.com/tier': 'web' };
  const drafts = [
    makeRun('done')
      .meta({ labels })
      .spec({ args: ['x', 'two words'], priority: 5, ttlSecondsAfterFinished: 1_000_000 }),
    makeRun('failed')
      .meta({ labels: { team: 'b' } })
      .spec({ source: { inline: 'yes\n  no: {}\n' }, priority: -1 }),
    makeRun('a-name-that-is-longer-than-the-others').runtime('python').priority(9),
    makeRun('elsewhere').namespace('other'),
  ];
  for (const draft of drafts) {
    const { name, namespace, labels: own } = draft.obj().metadata;
    await runs.create({ metadata: { name: name!, namespace: namespace!, labels: own ?? {} }, spec: draft.obj().spec });
  }
  const status = (name: string, change: object) =>
    runs.patch(name, 'default', { status: change }, { subresource: 'status' });
  const scheduled = { phase: 'Scheduled', assignedPod: 'krt-runtime-bash-7d9f-x2x', assignedPodUID: 'u', attempt: 1 };
  await status('done', scheduled);
  await status('done', { phase: 'Succeeded', exitCode: 0, reason: 'Completed', outputs: { a: '1' } });
  await status('failed', scheduled);
  await status('failed', { phase: 'Failed', exitCode: 3, reason: 'ExitCode', message: 'a "b"\nc' });
  for (const name of ['bash', 'python']) {
    const { spec } = makeRuntime(name).obj();
    await runtimes.create({ metadata: { name, namespace: 'default' }, spec });
  }
  const slots = { replicas: 2, readyReplicas: 2, slots: { total: 8, used: 3 } };
  await runtimes.patch('bash', 'default', { status: slots }, { subresource: 'status' });
}
