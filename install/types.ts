// Writes dist/types: what TypeScript needs to know of the library, and nothing of what is behind it.
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { execa } from 'execa';

const ENTRY = 'plugin/library/index.d.ts';
const root = join(import.meta.dirname, '..');
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

const all = await mkdtemp(join(root, '.dist-'));
try {
  await emit(all);
  const kept = join(all, 'kept');
  for (const [path, text] of await reachable(all)) {
    await mkdir(dirname(join(kept, path)), { recursive: true });
    await writeFile(join(kept, path), text);
  }
  const types = join(root, 'dist/types');
  await rm(types, { recursive: true, force: true });
  await mkdir(dirname(types), { recursive: true });
  await rename(kept, types);
} finally {
  await rm(all, { recursive: true, force: true });
}

async function emit(outDir: string): Promise<void> {
  const compilerOptions = { noEmit: false, declaration: true, emitDeclarationOnly: true, outDir, rootDir: root };
  const config = { extends: join(root, 'tsconfig.json'), files: [join(root, 'plugin/library/index.ts')], include: [] };
  const file = join(outDir, 'tsconfig.json');
  await writeFile(file, JSON.stringify({ ...config, compilerOptions }));
  await execa(process.execPath, [tsc, '-p', file]);
}

/** The declarations that the library's own lead to, with paths that TypeScript of any age follows. */
async function reachable(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const visit = async (path: string): Promise<void> => {
    if (found.has(path)) return;
    const text = await readFile(join(folder, path), 'utf8');
    found.set(path, text.replace(/(from '\.[^']*)\.ts'/g, "$1.js'"));
    for (const [, target = ''] of text.matchAll(/from '(\.[^']*)\.ts'/g)) {
      await visit(`${normalize(join(dirname(path), target))}.d.ts`);
    }
  };
  await visit(ENTRY);
  return found;
}
