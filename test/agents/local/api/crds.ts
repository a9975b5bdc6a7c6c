import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { CustomResourceDefinition } from '../../../../agents/local/api/index.ts';

const CRDS = join(import.meta.dirname, '../../../../crds');

/** krt's own CustomResourceDefinitions, from their manifests. */
export function readCrds(): CustomResourceDefinition[] {
  return globSync('*.yaml', { cwd: CRDS }).map(file => parse(readFileSync(join(CRDS, file), 'utf8')));
}
