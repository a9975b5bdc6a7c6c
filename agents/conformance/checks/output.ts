import type { AttachEvent, StreamName } from '../../protocol/index.ts';
import { type Check, demand, demandSame, Skip } from '../check.ts';
import type { Subject } from '../subject.ts';

const FLOOD_BYTES = 20_000_000;

/** How output is told. */
export const output: readonly Check[] = [
  {
    name: 'Status while it runs',
    about:
      'Status tells that a program runs and what it has printed so far, which is all that a caller without Attach has',
    async run(subject) {
      const file = `end-${subject.options.prefix}`;
      const id = await subject.start(`echo first; until [ -e ${file} ]; do sleep 0.02; done; rm ${file}; echo last`);
      await subject.says(id, 'first\n');
      demandSame('the state', (await subject.client.status(id)).state, 'running');
      await subject.run(`touch ${file}`);
      const { status, stdout } = await subject.endByStatus(id);
      demandSame('the end', [status.state, `${stdout}`], ['succeeded', 'first\nlast\n']);
    },
  },
  {
    name: 'Attach',
    about: 'Attach tells every byte in order, to late callers too, and from any offset on',
    async run(subject) {
      await needAttach(subject);
      const id = await subject.start(
        `printf 'a\\0\\377b'; echo e >&2; i=0; while [ $i -lt 5000 ]; do echo $i; i=$((i+1)); done`,
      );
      const whole = await subject.attach(id);
      demandSame('the first bytes', whole.stdout.toString('latin1', 0, 4), 'a\0\xffb');
      demandSame('the last bytes', `${whole.stdout.subarray(-5)}`, '4999\n'.slice(-5));
      demandSame('stderr', `${whole.stderr}`, 'e\n');
      for (const offset of [0, 3, 10_000, whole.stdout.length]) {
        const rest = await subject.attach(id, { stdout: offset, stderr: 1 });
        demandGapless(rest.events, { stdout: offset, stderr: 1 });
        demand(rest.stdout.equals(whole.stdout.subarray(offset)), `from offset ${offset} on, other bytes are told`);
        demandSame('the rest of stderr', `${rest.stderr}`, '\n');
      }
    },
  },
  {
    name: 'Attach while it runs',
    about: 'Attach tells output when it appears, not when the program ends',
    async run(subject) {
      await needAttach(subject);
      const file = `seen-${subject.options.prefix}`;
      const id = await subject.start(`echo first; until [ -e ${file} ]; do sleep 0.02; done; rm ${file}`);
      await subject.within('the first chunk', async signal => {
        for await (const event of subject.client.attach(id, { stdout: 0, stderr: 0 }, signal)) {
          if (event.type === 'chunk') break;
        }
      });
      await subject.run(`touch ${file}`);
      demandSame('its end', (await subject.end(id)).status.state, 'succeeded');
    },
  },
  {
    name: 'flood',
    about:
      'a program that prints 20 MB ends, every byte is told or counted as dropped, and others are served meanwhile',
    async run(subject) {
      const id = await subject.start(`head -c ${FLOOD_BYTES} /dev/zero | tr '\\0' x; echo; echo end >&2`);
      demandSame('a program beside it', (await subject.run('exit 4')).status.exitCode, 4);
      const { status, stdout, stderr, events } = await subject.end(id);
      demandSame('its state', status.state, 'succeeded');
      demandSame('stderr', `${stderr}`, 'end\n');
      if (events.length === 0) {
        demand(stdout.length > 0, 'Status tells nothing of its output');
        return;
      }
      demandGapless(events, { stdout: 0, stderr: 0 });
      demandSame('bytes told and dropped', stdout.length + status.stdoutDropped, FLOOD_BYTES + 1);
    },
  },
];

async function needAttach(subject: Subject): Promise<void> {
  if (!(await subject.hasAttach())) throw new Skip('the server has no Attach: runtimed asks for Status instead');
}

function demandGapless(events: readonly AttachEvent[], from: Readonly<Record<StreamName, number>>): void {
  const next = { ...from };
  for (const event of events) {
    if (event.type === 'final') continue;
    demandSame(`the offset in ${event.stream}`, event.offset, next[event.stream]);
    next[event.stream] += event.type === 'chunk' ? event.data.length : event.dropped;
  }
}
