import { constants } from 'node:fs';
import { access, open, realpath, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { StartError } from './start-error.ts';

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
export async function requireDirectory(dir: string): Promise<void> {
  const found = await stat(dir).catch(() => undefined);
  if (!found?.isDirectory()) throw new StartError('RuntimeRejected', `working_dir ${dir} is not a directory`);
}

/** The entrypoint `name` in `dir`; throws a StartError when it's no file, not readable, or lies outside of `dir`. */
export async function findEntrypoint(dir: string, name: string): Promise<Entrypoint> {
  const wanted = join(dir, name);
  const [root, real] = await Promise.all([
    realpath(dir),
    realpath(wanted).catch((cause: NodeJS.ErrnoException) => {
      throw new StartError('InvalidSource', `entrypoint ${name}: ${explain(cause)}`, { cause });
    }),
  ]);
  if (relative(root, real).split('/')[0] === '..') {
    throw new StartError('InvalidSource', `entrypoint ${name}: leads out of the workspace`);
  }
  if (!(await stat(real)).isFile()) throw new StartError('InvalidSource', `entrypoint ${name}: not a file`);
  const start = await readStart(real, name);
  const executable = await isExecutable(real);
  const path = `./${relative(dir, wanted)}`;
  if (start.startsWith('\x7fELF')) return { path, executable, kind: 'elf', interpreter: '' };
  if (!start.startsWith('#!')) return { path, executable, kind: 'plain', interpreter: '' };
  if (executable) await requireInterpreter(start, dir, name);
  return { path, executable, kind: 'shebang', interpreter: /^#!(.*)/.exec(start)?.[1]?.trim() ?? '' };
}

/** The file that `command` names, looked up as shells do; throws a StartError when there is none. */
export async function findCommand(command: string, dir: string, searchPath: string): Promise<string> {
  const candidates = command.includes('/')
    ? [resolve(dir, command)]
    : searchPath.split(':').map(part => resolve(dir, part, command));
  for (const candidate of command === '' ? [] : candidates) if (await isExecutable(candidate)) return candidate;
  throw new StartError(
    'InvalidSource',
    `command ${JSON.stringify(command.slice(0, 200))}: not found, or not executable`,
  );
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    const { mode } = await stat(file);
    // Root may access anything; the kernel executes a file only when some x bit is set. Directories have one, too.
    return (mode & 0o111) !== 0 && (mode & constants.S_IFMT) === constants.S_IFREG;
  } catch {
    return false;
  }
}

async function readStart(file: string, name: string): Promise<string> {
  try {
    await using handle = await open(file, 'r');
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(256), 0, 256, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } catch (cause) {
    throw new StartError('InvalidSource', `entrypoint ${name}: ${explain(cause as NodeJS.ErrnoException)}`, { cause });
  }
}

async function requireInterpreter(start: string, dir: string, name: string): Promise<void> {
  const interpreter = /^#![ \t]*([^ \t\n]*)/.exec(start)?.[1] ?? '';
  if (interpreter !== '' && (await isExecutable(resolve(dir, interpreter)))) return;
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
