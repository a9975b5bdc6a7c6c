import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';
import { usageError } from '../../errors.ts';

/** What a text that a flag names must be. */
export interface InputRules {
  /** The flag, for messages. */
  readonly flag: string;
  readonly limitBytes: number;
  /** The limit as a person reads it, and what to do about a larger file. */
  readonly limit: { readonly text: string; readonly hint?: string };
}

const WHY: Record<string, string> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'it may not be read',
  EPERM: 'it may not be read',
  EISDIR: 'it is a directory',
  ELOOP: 'its links go round in a circle',
};

/** The text of the file at `path`, or of `stdin` for `-`; a usage error tells why it can't be used. */
export async function readInput(
  path: string,
  stdin: AsyncIterable<Uint8Array | string>,
  rules: InputRules,
): Promise<string> {
  const what = path === '-' ? `${rules.flag} -: stdin` : `${rules.flag} ${path}:`;
  const bytes = await (path === '-' ? takeUpTo(stdin, rules.limitBytes) : readFile(path, rules)).catch(error => {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw usageError(`${what} ${path === '-' ? `can't be read: ${message}` : (WHY[code] ?? message)}`);
  });
  if (bytes.length === 0) throw usageError(path === '-' ? `${what} is empty` : `${what} the file is empty`);
  if (bytes.length > rules.limitBytes) {
    throw usageError(`${what} has more than ${rules.limit.text}`, rules.limit.hint);
  }
  if (bytes.includes(0) || !isUtf8(bytes)) {
    throw usageError(`${what} holds binary data, not UTF-8 text`);
  }
  return bytes.toString('utf8');
}

/** A pipe (`<(…)`) is as good as a file, so that no size is asked for before. */
async function readFile(path: string, { limitBytes }: InputRules): Promise<Buffer> {
  const file = await open(path);
  try {
    if ((await file.stat()).isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
    return await takeUpTo(file.createReadStream({ autoClose: false }), limitBytes);
  } finally {
    await file.close();
  }
}

/** All of `source`, or a little more than `limit` where there is more: enough to see that it is too much. */
async function takeUpTo(source: AsyncIterable<Uint8Array | string>, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of source) {
    const bytes = Buffer.from(chunk as Uint8Array);
    chunks.push(bytes);
    size += bytes.length;
    if (size > limit) break;
  }
  return Buffer.concat(chunks);
}
