import type { RuntimeClient } from '../../protocol/index.ts';
import { type Check, demand, demandSame, Skip } from '../check.ts';
import type { Subject } from '../subject.ts';

const START = { stdout: 0, stderr: 0 };

/** What a server answers before it executes anything. */
export const answers: readonly Check[] = [
  {
    name: 'health',
    about: 'Health says that the server takes programs',
    async run({ client }) {
      const { healthy, message } = await client.health();
      demand(healthy, `unhealthy: ${message}`);
    },
  },
  {
    name: 'authentication',
    about: 'every call without the token, or with another one, is refused',
    async run(subject) {
      const { token, stranger } = subject.options;
      if (!token) throw new Skip('no token was given');
      for (const wrong of [undefined, `${token}x`]) {
        const client = stranger(wrong);
        try {
          for (const [name, call] of Object.entries(calls(subject, client))) {
            const code = await subject.refusal(call());
            if (name === 'Attach' && code === 'unimplemented') continue;
            demandSame(`${name} with ${wrong ? 'a wrong' : 'no'} token`, code, 'unauthenticated');
          }
        } finally {
          client.close();
        }
      }
    },
  },
  {
    name: 'unknown ids',
    about: 'Status and Attach of an id that was never executed are notFound, Forget of it does nothing',
    async run(subject) {
      const { client } = subject;
      const { id } = subject.request('exit 0');
      demandSame('Status', await subject.refusal(client.status(id)), 'notFound');
      if (await subject.hasAttach()) {
        const attaching = Array.fromAsync(client.attach(id, START, new AbortController().signal));
        demandSame('Attach', await subject.refusal(attaching), 'notFound');
      }
      await client.forget(id);
    },
  },
];

function calls(subject: Subject, client: RuntimeClient): Record<string, () => Promise<unknown>> {
  const request = subject.request('exit 0');
  const { id } = request;
  return {
    Health: () => client.health(),
    List: () => client.list(),
    Status: () => client.status(id),
    Cancel: () => client.cancel(id),
    Forget: () => client.forget(id),
    Attach: () => Array.fromAsync(client.attach(id, START, new AbortController().signal)),
    Execute: () => client.execute(request),
  };
}
