import { type Check, demand, demandSame } from '../check.ts';
import type { Subject } from '../subject.ts';
import { lookAtTicks, tickTo } from '../ticks.ts';

/** How programs are ended, and what is left of them. */
export const ending: readonly Check[] = [
  {
    name: 'cancel',
    about: 'Cancel ends a program, which may clean up; a second Cancel and a late one do no harm',
    async run(subject) {
      const id = await subject.start('trap "echo cleaned; exit 7" TERM; echo up; while :; do sleep 0.05; done');
      await subject.says(id, 'up');
      await subject.client.cancel(id);
      await subject.client.cancel(id);
      const { status, stdout } = await subject.end(id);
      demandSame('its output', `${stdout}`, 'up\ncleaned\n');
      demandSame('its end', [status.state, status.exitCode], ['failed', 7]);
      await subject.client.cancel(id);
      demandSame('the state after', (await subject.client.status(id)).state, 'failed');
    },
  },
  {
    name: 'stubborn programs',
    about: 'Cancel ends a program that ignores SIGTERM, after a grace',
    async run(subject) {
      const id = await subject.start('trap "" TERM; echo up; while :; do sleep 0.05; done');
      await subject.says(id, 'up');
      await subject.client.cancel(id);
      const { status } = await subject.end(id);
      demandSame('its end', [status.state, status.exitCode], ['failed', 137]);
    },
  },
  {
    name: 'timeout',
    about: 'a program is ended when timeout_seconds have passed, with what it printed until then',
    async run(subject) {
      const { status, stdout } = await subject.run('echo up; exec sleep 600', { timeoutSeconds: 1 });
      demandSame('its output', `${stdout}`, 'up\n');
      demandSame('its state', status.state, 'failed');
      demand(status.exitCode !== 0, 'its exit code is 0');
    },
  },
  {
    name: 'held output',
    about: 'an execution ends with its main process, also when a child holds its output',
    async run(subject) {
      const { status, stdout } = await subject.run('sleep 600 & echo up; exit 5');
      demandSame('its output', `${stdout}`, 'up\n');
      demandSame('its exit code', status.exitCode, 5);
    },
  },
  {
    name: 'children',
    about: 'no process outlives the execution that started it: not a child, not one in a session of its own',
    async run(subject) {
      await leavesNothing(subject, 'sh -c "$tick" &');
      const { stdout } = await subject.run('command -v setsid || true');
      if (stdout.length > 0) await leavesNothing(subject, 'setsid sh -c "$tick" </dev/null >/dev/null 2>&1 &');
    },
  },
];

/** The child makes its file anew all the time; when the execution has ended and the file is removed, it stays away. */
async function leavesNothing(subject: Subject, child: string): Promise<void> {
  const file = `tick-${subject.options.prefix}`;
  await subject.run(`tick='${tickTo(file)}'; ${child} until [ -e ${file} ]; do sleep 0.02; done`);
  demandSame(`what is left of: ${child.slice(0, 12)}…`, await lookAtTicks(subject, file), '');
}
