import { accessSync, closeSync, constants, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { StartError } from './start-error.ts';

// Synchronous all: some microseconds each, where as many trips to the thread pool cost a good part of a short program.

/** What kind of file an entrypoint is. */
export interface Entrypoint {
  /** Relative to the working directory, starting with `./`. */
  readonly path: string;
  readonly executable: boolean;
  /** `elf`: a binary; `shebang`: a script that names its interpreter, which exists. */
  readonly kind: 'elf' | 'shebang' | 'plain';
  /** The first line behind `#!`; empty where there is none. */
  readonly interpreter: string;
}

/** Throws a StartError unless `dir` is a directory. */
export function requireDirectory(dir: string): void {
  if (!isDirectory(dir)) throw new StartError('RuntimeRejected', `working_dir ${dir} is not a directory`);
}

/** The entrypoint `name` in `dir`; throws a StartError when it's no file, not readable, or lies outside of `dir`. */
export function findEntrypoint(dir: string, name: string): Entrypoint {
  const wanted = join(dir, name);
  const real = realPath(wanted, name);
  if (relative(realpathSync.native(dir), real).split('/')[0] === '..') {
    throw new StartError('InvalidSource', `entrypoint ${name}: leads out of the workspace`);
  }
  if (!statSync(real).isFile()) throw new StartError('InvalidSource', `entrypoint ${name}: not a file`);
  const start = readStart(real, name);
  const executable = isExecutable(real);
  const path = `./${relative(dir, wanted)}`;
  if (start.startsWith('\x7fELF')) return { path, executable, kind: 'elf', interpreter: '' };
  if (!start.startsWith('#!')) return { path, executable, kind: 'plain', interpreter: '' };
  if (executable) requireInterpreter(start, dir, name);
  return { path, executable, kind: 'shebang', interpreter: /^#!(.*)/.exec(start)?.[1]?.trim() ?? '' };
}

/** The file that `command` names, looked up as shells do; throws a StartError when there is none. */
export function findCommand(command: string, dir: string, searchPath: string): string {
  const candidates = command.includes('/')
    ? [resolve(dir, command)]
    : searchPath.split(':').map(part => resolve(dir, part, command));
  for (const candidate of command === '' ? [] : candidates) if (isExecutable(candidate)) return candidate;
  throw new StartError(
    'InvalidSource',
    `command ${JSON.stringify(command.slice(0, 200))}: not found, or not executable`,
  );
}

function realPath(path: string, name: string): string {
  try {
    return realpathSync.native(path);
  } catch (cause) {
    throw new StartError('InvalidSource', `entrypoint ${name}: ${explain(cause as NodeJS.ErrnoException)}`, { cause });
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    const { mode } = statSync(file);
    // Root may access anything; the kernel executes a file only when some x bit is set. Directories have one, too.
    return (mode & 0o111) !== 0 && (mode & constants.S_IFMT) === constants.S_IFREG;
  } catch {
    return false;
  }
}

function readStart(file: string, name: string): string {
  let fd: number | undefined;
  try {
    // O_NONBLOCK: should a FIFO be there by now, nobody waits for its writer
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const start = Buffer.alloc(256);
    return start.toString('latin1', 0, readSync(fd, start, 0, start.length, 0));
  } catch (cause) {
    throw new StartError('InvalidSource', `entrypoint ${name}: ${explain(cause as NodeJS.ErrnoException)}`, { cause });
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function requireInterpreter(start: string, dir: string, name: string): void {
  const interpreter = /^#![ \t]*([^ \t\n]*)/.exec(start)?.[1] ?? '';
  if (interpreter !== '' && isExecutable(resolve(dir, interpreter))) return;
  const hint = interpreter.endsWith('\r') ? ' (its first line ends in a carriage return)' : '';
  throw new StartError(
    'InvalidSource',
    `entrypoint ${name}: its interpreter ${JSON.stringify(interpreter)} can't be executed${hint}`,
  );
}

function explain({ code, message }: NodeJS.ErrnoException): string {
  const known: Record<string, string> = {
    ENOENT: 'no such file',
    ENOTDIR: 'no such file',
    EACCES: 'permission denied',
    ELOOP: 'too many symbolic links',
    ENAMETOOLONG: 'the name is too long',
  };
  return known[code ?? ''] ?? message;
}
