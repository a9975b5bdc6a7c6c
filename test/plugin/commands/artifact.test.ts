import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { PodArtifactOptions } from '../../../crds/client/pod-artifact.ts';
import type { Pod } from '../../../crds/client/resources.ts';
import type { ArtifactRef } from '../../../crds/v1alpha1/run.ts';
import ArtifactDownload from '../../../plugin/commands/artifact/download.ts';
import ArtifactList from '../../../plugin/commands/artifact/list.ts';
import Run from '../../../plugin/commands/run.ts';
import { downloadText, sizeText } from '../../../plugin/printers/artifacts.ts';
import { makePod } from '../../builders/pod.ts';
import { makeRun } from '../../builders/run.ts';
import { makeFakeClients } from '../../fakes/clients.ts';
import { cliConfig, runCommand } from '../harness.ts';

const refOf = (name: string, content: string, more: Partial<ArtifactRef> = {}): ArtifactRef => ({
  name,
  type: 'file',
  driver: 'filesystem',
  location: `runs/${content}`,
  sizeBytes: content.length,
  digest: `sha256:${createHash('sha256').update(content).digest('hex')}`,
  createdAt: '2026-01-01T00:00:00Z',
  ...more,
});
const REFS = [refOf('report.txt', 'hello'), refOf('site', 'gzip', { type: 'directory', sizeBytes: 12_345_678 })];

describe('krt artifact', () => {
  let clients: ReturnType<typeof makeFakeClients>;
  let dir: string;
  before(() => cliConfig());
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'krt-artifact-'));
    clients = makeFakeClients();
    clients.pods.seed(makePod('p').obj());
    const ended = { phase: 'Succeeded', reason: 'Completed' } as const;
    clients.runs.seed(
      makeRun('a')
        .status({ ...ended, artifactRefs: REFS })
        .obj(),
    );
    clients.runs.seed(makeRun('none').status(ended).obj());
    clients.runs.seed(makeRun('young').status({ phase: 'Running' }).obj());
    Object.assign(clients, {
      podArtifact: async (_pod: Pod, { location, start }: PodArtifactOptions) => [
        Buffer.from(location.slice('runs/'.length + start)),
      ],
    });
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('lists what a Run has', async () => {
    const end = await runCommand(ArtifactList, ['run/a'], { clients });
    expect([end.exitCode, end.stderr]).to.deep.equal([0, '']);
    expect(end.stdout).to.equal(
      'NAME         TYPE        SIZE       DIGEST                AGE\n' +
        'report.txt   file        5 B        sha256:2cf24dba5fb0   5m\n' +
        `site         directory   11.8 MiB   ${REFS[1]!.digest.slice(0, 19)}   5m\n`,
    );
  });

  it('lists exactly what it returns with -o json', async () => {
    const end = await runCommand(ArtifactList, ['a', '-o', 'json'], { clients });
    expect(JSON.parse(end.stdout)).to.deep.equal(end.result).and.deep.equal(REFS);
  });

  for (const [name, text] of [
    ['none', 'Run none has no artifacts\n'],
    ['young', 'Run young is Running: artifacts are there when it has ended\n'],
  ] as const) {
    it(`says why there are none: ${text.trim()}`, async () => {
      for (const command of [ArtifactList, ArtifactDownload]) {
        const end = await runCommand(command, [name], { clients });
        expect([end.exitCode, end.stdout, end.stderr]).to.deep.equal([0, '', text]);
      }
    });
  }

  it('fetches one by name, and tells where it is', async () => {
    const end = await runCommand(ArtifactDownload, ['a', 'report.txt', '-o', dir], { clients });
    expect([end.exitCode, end.stdout, end.stderr]).to.deep.equal([0, `${dir}/report.txt\n`, '']);
    expect(readFileSync(join(dir, 'report.txt'), 'utf8')).to.equal('hello');
  });

  it('prints one', async () => {
    const end = await runCommand(ArtifactDownload, ['a', 'report.txt', '-o', '-'], { clients });
    expect([end.exitCode, end.stdout]).to.deep.equal([0, 'hello']);
  });

  for (const [title, argv, terminal, message] of [
    ['a file to a terminal', ['a', 'report.txt', '-o', '-'], { isTTY: true }, 'error: -o - would print a file'],
    ['two to stdout', ['a', '-o', '-'], {}, 'error: -o - is for one artifact\nname one of 2\n'],
    ['one that is not there', ['a', 'x'], {}, 'error: Run a has no artifact "x"\nit has report.txt, site\n'],
    ['one of none', ['none', 'x'], {}, 'error: Run none has no artifact "x"\nRun none has no artifacts\n'],
    ['a Runtime', ['runtime/a'], {}, 'error: "runtime/a" is not a run\n'],
  ] as const) {
    it(`refuses ${title}`, async () => {
      const end = await runCommand(ArtifactDownload, [...argv], { clients, terminal });
      expect([end.exitCode, end.stdout]).to.deep.equal([64, '']);
      expect(end.stderr.startsWith(message), end.stderr).to.equal(true);
    });
  }

  for (const mode of ['--detach', '--dry-run=client']) {
    it(`makes no Run where its artifacts are wanted with ${mode}`, async () => {
      const end = await runCommand(Run, ['-r', 'bash', '-c', 'x', '--artifacts', dir, mode], { clients });
      expect([end.exitCode, clients.runs.writes]).to.deep.equal([64, 0]);
    });
  }

  for (const [bytes, expected] of [
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.00 KiB'],
    [10 * 1024, '10.0 KiB'],
    [150 * 1024 * 1024, '150 MiB'],
    [2 ** 31, '2.00 GiB'],
    [2 ** 52, '4096 TiB'],
  ] as const) {
    it(`tells ${bytes} bytes as ${expected}`, () => expect(sizeText(bytes)).to.equal(expected));
  }

  it('tells how far a download is', () => {
    const ref = refOf('a', '', { sizeBytes: 2048 });
    expect(downloadText(ref, 512)).to.equal(`a ${'█'.repeat(5)}${'░'.repeat(15)} 25% 512 B of 2.00 KiB`);
    expect(downloadText(refOf('e', ''), 0)).to.equal(`e ${'█'.repeat(20)} 100% 0 B of 0 B`);
  });
});
