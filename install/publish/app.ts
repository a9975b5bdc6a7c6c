import { createHash } from 'node:crypto';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** All files of krt in one piece, and what tells it from any other. */
export interface App {
  /** Gzip of JSON: the text of each file by its path. */
  readonly bytes: Buffer;
  readonly digest: string;
}

/** What krt reads when it runs; no file is binary. */
const FILES = [
  'dist/{agents,crds,plugin}/**/*.*',
  'plugin/bin/run.js',
  'install/install*.yaml',
  'install/runtimes/*.yaml',
  '.oclif.manifest.json',
  'package.json',
];

/** Packs the built krt at `root`; the same files make the same bytes. */
export async function packApp(root: string): Promise<App> {
  const paths = FILES.flatMap(pattern => globSync(pattern, { cwd: root })).sort();
  if (!paths.includes(join('dist', 'plugin', 'main.js'))) throw new Error('there is no dist: npm run build makes it');
  const entries = paths.map(async path => [path, await readFile(join(root, path), 'utf8')] as const);
  const json = JSON.stringify(Object.fromEntries(await Promise.all(entries)));
  return { bytes: gzipSync(json, { level: 9 }), digest: createHash('sha256').update(json).digest('hex') };
}
