// Loaded into runtimed before anything else (node --import): kills it, with SIGKILL, around one write of its journal.
// KRT_FAILPOINT is `<n> <point>`: `before` the n-th write, `torn` in the middle of it, or `synced`: after its fsync. The same process that is started again by its kubelet has no failpoint.
import { type FileHandle, open } from 'node:fs/promises';

type Point = 'before' | 'torn' | 'synced';

const [count, point] = (process.env['KRT_FAILPOINT'] ?? '').split(' ') as [string, Point];

if (count) {
  const probe = await open('/dev/null');
  const prototype = Object.getPrototypeOf(probe) as FileHandle;
  await probe.close();
  const { write, datasync } = prototype;
  let writes = 0;
  const die = () => process.kill(process.pid, 'SIGKILL');
  // the journal alone writes at positions of its own and waits for them with datasync
  prototype.write = async function (this: FileHandle, ...args: unknown[]) {
    const [data, offset, length, position] = args as [Buffer, number, number, number | null];
    if (typeof position !== 'number') return Reflect.apply(write, this, args);
    writes += 1;
    const isNow = writes === Number(count);
    if (isNow && point === 'before') die();
    if (isNow && point === 'torn') {
      await Reflect.apply(write, this, [data, offset, Math.floor(length / 2), position]);
      die();
    }
    return Reflect.apply(write, this, args);
  } as typeof write;
  prototype.datasync = async function (this: FileHandle) {
    await Reflect.apply(datasync, this, []);
    if (writes === Number(count) && point === 'synced') die();
  };
}
