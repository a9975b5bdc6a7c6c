import { hasEnded } from '../../protocol/index.ts';
import { type Check, demand, demandSame, Skip } from '../check.ts';
import type { Subject } from '../subject.ts';
import { lookAtTicks, tickTo } from '../ticks.ts';

/** What a server knows of executions, and for how long. */
export const keeping: readonly Check[] = [
  {
    name: 'List',
    about: 'List tells of what runs and what has ended, without output',
    async run(subject) {
      const running = await subject.start('echo up; exec sleep 600');
      const ended = (await subject.run('echo out; exit 3')).status.id;
      await subject.says(running, 'up');
      const entries = new Map((await subject.client.list()).map(entry => [entry.id, entry]));
      const [one, other] = [entries.get(running), entries.get(ended)];
      demandSame('what runs', one?.state, 'running');
      demandSame('what has ended', [other?.state, other?.exitCode], ['failed', 3]);
      demandSame('output', [one?.stdout, other?.stdout], ['', '']);
      await subject.client.forget(running);
    },
  },
  {
    name: 'Forget',
    about: 'Forget drops an execution, kills it first if it runs, and does nothing the second time',
    async run(subject) {
      const { client } = subject;
      const file = `forget-${subject.options.prefix}`;
      const id = await subject.start(`echo up; ${tickTo(file)}`);
      await subject.says(id, 'up');
      await client.forget(id);
      await client.forget(id);
      demandSame('Status after', await subject.refusal(client.status(id)), 'notFound');
      demand(!(await client.list()).some(entry => entry.id === id), 'List has it still');
      demandSame('what is left of it', await lookAtTicks(subject, file), '');
    },
  },
  {
    name: 'restart',
    about: 'after a restart, what ran is either told as running and runs, or it is unknown and dead',
    async run(subject) {
      const { restart } = subject.options;
      if (!restart) throw new Skip('no command that restarts the server was given');
      const file = `restart-${subject.options.prefix}`;
      const id = await subject.start(`echo up; ${tickTo(file)}`);
      await subject.says(id, 'up');
      await restart();
      await subject.until('the server to be healthy again', () => isHealthy(subject));
      const entry = (await subject.client.list()).find(found => found.id === id);
      const isAlive = (await lookAtTicks(subject, file)) === 'alive\n';
      if (!entry) demand(!isAlive, 'List does not know it, and it runs on');
      else demandSame('whether it runs', isAlive, !hasEnded(entry));
      await subject.client.forget(id);
    },
  },
];

async function isHealthy(subject: Subject): Promise<true | undefined> {
  const health = await subject.client.health().catch(() => undefined); // not up yet
  return health?.healthy ? true : undefined;
}
