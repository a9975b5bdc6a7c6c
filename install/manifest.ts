// Writes .oclif.manifest.json, from which krt knows its commands without loading them; a test fails when it is stale.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeManifest, manifestPath } from './make-manifest.ts';

const root = join(import.meta.dirname, '..');
await writeFile(manifestPath(root), await makeManifest(root));
