// Loaded into runtimed before anything else (node --import): kills it, with SIGKILL, around one write of its journal.
// KRT_FAILPOINT is `<n> <point>`: `before` the n-th write, `torn` in the middle of it, or `synced`: after its fsync. The same process that is started again by its kubelet has no failpoint.
import fs from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';

type Point = 'before' | 'torn' | 'synced';

const [count, point] = (process.env['KRT_FAILPOINT'] ?? '').split(' ') as [string, Point];

if (count) {
  const probe = await open('/dev/null');
  const prototype = Object.getPrototypeOf(probe) as FileHandle;
  await probe.close();
  const { datasync } = prototype;
  const { writeSync } = fs;
  let writes = 0;
  const die = () => process.kill(process.pid, 'SIGKILL');
  const isJournal = (fd: number) => basename(fs.readlinkSync(`/proc/self/fd/${fd}`)) === 'journal';
  fs.writeSync = ((...args: unknown[]) => {
    const [fd, data, offset, length, position] = args as [number, Buffer, number, number, number];
    if (!isJournal(fd)) return Reflect.apply(writeSync, fs, args);
    writes += 1;
    const isNow = writes === Number(count);
    if (isNow && point === 'before') die();
    if (isNow && point === 'torn') {
      writeSync(fd, data, offset, Math.floor(length / 2), position);
      die();
    }
    return Reflect.apply(writeSync, fs, args);
  }) as typeof writeSync;
  syncBuiltinESMExports();
  prototype.datasync = async function (this: FileHandle) {
    await Reflect.apply(datasync, this, []);
    if (writes === Number(count) && point === 'synced' && isJournal(this.fd)) die();
  };
}
