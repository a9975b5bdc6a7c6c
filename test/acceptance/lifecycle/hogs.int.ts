import { expect } from 'chai';
import { sh, useWorld } from '../harness/world.ts';

const limits = { memory: '128Mi', processes: 60, disk: '16Mi' };

/** Each fills its shell's memory with 40 MiB: no process of it comes near the limit, all together do. */
const MANY_SMALL = `
fill() { x=$(head -c 40M /dev/zero | tr '\\0' x); sleep 30; }
for i in 1 2 3 4 5; do fill & done
wait`;

const HOGS: [title: string, script: string, reason: string, message: RegExp][] = [
  [
    'a storm of processes',
    'storm() { [ "$1" -gt 0 ] || exec sleep 30; storm $(($1 - 1)) & storm $(($1 - 1)) & wait; }; storm 7',
    'ProcessesExceeded',
    /^more than 60 processes and threads at once$/,
  ],
  ['memory in many processes', MANY_SMALL, 'OutOfMemory', /^it used .*Mi of memory; 128Mi are allowed$/],
  ['one large file', 'head -c 32M /dev/zero >big; sleep 30', 'DiskExceeded', /16Mi/],
  [
    'many small files',
    'for i in {1..9}; do mkdir $i; for j in {1..900}; do echo x >$i/$j; done; done; sleep 30',
    'DiskExceeded',
    /^its files take more than the 16Mi that are allowed$/,
  ],
  [
    'files in its temporary directory',
    'head -c 12M /dev/zero >a; head -c 12M /dev/zero >"$TMPDIR/b"; sleep 30',
    'DiskExceeded',
    /16Mi/,
  ],
];

describe('programs that take more than they may', () => {
  const world = useWorld('hogs', { bash: { replicas: 1, capacity: { resources: { runs: 8 } }, limits } });

  for (const [title, script, reason, message] of HOGS) {
    it(`are ended for ${title}, with a reason, and their neighbours are not`, async () => {
      const neighbour = await world.submit(sh('echo here; read -r -t 60 _ <> <(:)'));
      await world.reaches(neighbour, 'Running');
      const { status } = await world.ended(await world.submit(sh(script, { timeout: '25s' })));
      expect(status, JSON.stringify(status)).to.include({ phase: 'Failed', reason });
      expect(status?.message).to.match(message);
      expect(world.runs.get(neighbour)?.status?.phase).to.equal('Running');
      await world.cancel(neighbour);
      expect((await world.ended(neighbour)).status?.phase).to.equal('Cancelled');
      const pod = world.pods.get(status?.logRef?.pod ?? '');
      expect(pod?.status?.containerStatuses?.map(({ restartCount }) => restartCount)).to.deep.equal([0, 0]);
    });
  }

  it('are refused more memory by the kernel in one process, and may say so themselves', async () => {
    const { status } = await world.ended(await world.submit(sh('x=x; while :; do x=$x$x; done', { timeout: '25s' })));
    expect(status).to.include({ phase: 'Failed' });
    expect(status?.reason).to.be.oneOf(['ExitCode', 'OutOfMemory']);
  });

  it('are told the limits by krt runtime describe', async () => {
    const { stdout } = await world.krt(['runtime', 'describe', 'bash']);
    expect(stdout).to.match(/^Isolation: +SharedUser$/m);
    expect(stdout).to.match(/^Each Run: +at most 60 processes, memory 128Mi, disk 16Mi$/m);
  });
});
