import { opendir } from 'node:fs/promises';
import { ArtifactError } from './artifact-error.ts';

/** Control characters: they would act on the terminal of whoever lists or fetches. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/**
 * The names in a directory by their bytes, the same order everywhere. Throws ArtifactError where they are more than
 * `most`, or one could not be told in a status: names are text.
 */
export async function namesIn(path: string, most: number): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of await opendir(path, { encoding: 'buffer' as BufferEncoding })) {
    if (names.length >= most) throw new ArtifactError(`there are more than ${most} entries`);
    names.push(textOf(name as unknown as Buffer));
  }
  return names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function textOf(name: Buffer): string {
  const text = name.toString('utf8');
  if (!Buffer.from(text).equals(name)) throw new ArtifactError(`the name ${JSON.stringify(text)} is not UTF-8`);
  if (CONTROL.test(text)) throw new ArtifactError(`the name ${JSON.stringify(text)} has control characters`);
  return text;
}
