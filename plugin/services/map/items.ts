import { usageError } from '../../errors.ts';
import { readInput } from '../run/read-input.ts';

/** More would be a batch system's work; the API server keeps each Run. */
const MOST_ITEMS = 10_000;
const LIMIT_BYTES = 16 * 1024 * 1024;

/** The lines of a file, or of stdin for `-`, but for empty ones: what each Run is about. */
export async function readItems(path: string, stdin: AsyncIterable<Uint8Array | string>): Promise<string[]> {
  const text = await readInput(path, stdin, { flag: '--each', limitBytes: LIMIT_BYTES, limit: { text: '16 MiB' } });
  const items = text.split(/\r?\n/).filter(line => line.trim() !== '');
  if (items.length === 0) throw usageError(`--each ${path}: it has empty lines alone`);
  if (items.length > MOST_ITEMS) throw usageError(`--each ${path}: it has more than ${MOST_ITEMS} lines`, 'split it');
  return items;
}

/** The place of the item in a word. */
const PLACE = '{}';

/** `args` about `item`: in place of each `{}` or, where there is none, behind the others. */
export function argsFor(item: string, args: readonly string[]): string[] {
  if (!args.some(arg => arg.includes(PLACE))) return [...args, item];
  return args.map(arg => arg.replaceAll(PLACE, () => item));
}
