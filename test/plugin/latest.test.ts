import { expect } from 'chai';
import ArtifactDownload from '../../plugin/commands/artifact/download.ts';
import ArtifactList from '../../plugin/commands/artifact/list.ts';
import Cancel from '../../plugin/commands/cancel.ts';
import Delete from '../../plugin/commands/delete.ts';
import Describe from '../../plugin/commands/describe.ts';
import Get from '../../plugin/commands/get.ts';
import Logs from '../../plugin/commands/logs.ts';
import Rerun from '../../plugin/commands/rerun.ts';
import Wait from '../../plugin/commands/wait.ts';
import { makeRun } from '../builders/run.ts';
import { type FakeClients, makeFakeClients } from '../fakes/clients.ts';
import { runCommand } from './harness.ts';

describe('@latest', () => {
  let clients: FakeClients;
  beforeEach(() => {
    clients = makeFakeClients();
    const ended = (name: string, created: string, scheduledTime: string) =>
      makeRun(name).created(created).status({ scheduledTime, exitCode: 0, reason: 'Completed' }).ended().obj();
    clients.runs.seed(ended('z', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00.100000Z'));
    clients.runs.seed(ended('b', '2026-01-01T00:00:01Z', '2026-01-01T00:00:01.200000Z'));
    clients.runs.seed(ended('c', '2026-01-01T00:00:01Z', '2026-01-01T00:00:01.100000Z'));
    clients.runs.seed(makeRun('elsewhere').namespace('other').created('2026-01-01T00:00:02Z').obj());
  });

  for (const [command, args, stdout] of [
    [Get, ['@latest', '-o', 'name'], /^run\.kruntimes\.io\/b\n$/],
    [Get, ['run/@latest', '-o', 'name'], /^run\.kruntimes\.io\/b\n$/],
    [Get, ['run', '@latest', '-n', 'other', '-o', 'name'], /^run\.kruntimes\.io\/elsewhere\n$/],
    [Describe, ['@latest'], /^Name: +b\n/],
    [Wait, ['@latest'], /^run\.kruntimes\.io\/b Succeeded/],
    [Rerun, ['@latest', '--dry-run=client'], /^run\.kruntimes\.io\/b-\w+ created \(dry run\)\n$/],
  ] as const) {
    it(`is the newest Run of the namespace to ${command.name} ${args.join(' ')}`, async () => {
      const end = await runCommand(command, [...args], { clients });
      expect(end.stderr).to.equal('');
      expect(end.stdout).to.match(stdout);
    });
  }

  for (const command of [ArtifactList, ArtifactDownload]) {
    it(`is known to ${command.name}, too`, async () => {
      const end = await runCommand(command, ['@latest'], { clients });
      expect(end.stderr).to.equal('Run b has no artifacts\n');
    });
  }

  it('is known to Logs, too, as one that has not been scheduled', async () => {
    clients.runs.seed(makeRun('waits').created('2026-01-01T00:00:01Z').obj());
    const end = await runCommand(Logs, ['@latest'], { clients, terminal: { isTTY: true } });
    expect(end.stderr).to.equal('Run waits is Pending: there is no output yet; -f waits for it\n');
  });

  for (const command of [Cancel, Delete]) {
    it(`is no word of ${command.name}, which might be about the Run of somebody else`, async () => {
      const end = await runCommand(command, ['@latest'], { clients });
      expect([end.exitCode, end.stdout, clients.runs.writes]).to.deep.equal([64, '', 0]);
    });
  }

  it('is an error where there is no Run', async () => {
    const end = await runCommand(Get, ['@latest'], { clients: makeFakeClients() });
    expect(end.error).to.include({ message: '@latest: there is no Run in namespace default', exitCode: 64 });
  });
});
