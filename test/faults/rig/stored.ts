import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Run } from '../../../crds/v1alpha1/index.ts';

/** What of a Run's artifacts in the store is not as its status says: I7. Its program told the digests as outputs. */
export function* breachesInStore(store: string, { metadata, status }: Run): Generator<string> {
  const { artifactRefs = [], outputs = {} } = status ?? {};
  const told = new Map(Object.entries(outputs));
  for (const { name, location, digest, sizeBytes } of artifactRefs) {
    const path = join(store, location);
    const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
    const found = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    if (found !== digest || bytes.length !== sizeBytes) yield `${name} is ${bytes.length} bytes with ${found}`;
    if (told.has(name) && digest !== `sha256:${told.get(name)}`) yield `${name} is not what the program wrote`;
    told.delete(name);
  }
  for (const name of told.keys()) yield `${name} is not there`;
  const places = new Set(artifactRefs.map(({ location }) => location.split('/').at(-2)));
  const run = join(store, 'runs', metadata.uid!);
  for (const entry of existsSync(run) ? readdirSync(run) : []) {
    if (!places.has(entry) && !entry.startsWith('log-')) yield `${entry} is in the store, and nobody knows of it`;
  }
}
