import { createHash } from 'node:crypto';
import { globSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { SCRIPTS } from '../../plugin/services/complete/scripts.ts';
import { MAN_FOLDER } from '../reference/man.ts';
import type { App } from './app.ts';
import { type ArchiveFile, archive } from './archive.ts';
import { buildBinary } from './binary.ts';
import type { PlatformNode } from './node.ts';
import { signForMac } from './sign.ts';
import { archiveForm, archiveName, binaryName, type Target } from './targets.ts';

/** A file to publish. */
export interface Artifact {
  readonly name: string;
  readonly data: Buffer;
  readonly sha256: string;
}

/** Where shells look for completions, by the names that they have there. */
const COMPLETIONS = {
  'completions/krt.bash': SCRIPTS.bash,
  'completions/_krt': SCRIPTS.zsh,
  'completions/krt.fish': SCRIPTS.fish,
  'completions/krt.ps1': SCRIPTS.powershell,
};

/** What an archive is made of. */
export interface ArchiveParts {
  readonly root: string;
  readonly app: App;
  readonly node: PlatformNode;
  readonly version: string;
  /** Told where this machine can't sign what has to be signed. */
  readonly onUnsigned: (target: Target) => void;
}

/** The archive of krt for one platform. */
export async function makeArchive(
  target: Target,
  { root, app, node, version, onUnsigned }: ArchiveParts,
): Promise<Artifact> {
  const folder = await mkdtemp(join(tmpdir(), 'krt-release-'));
  try {
    const binary = join(folder, binaryName(target));
    await buildBinary(app, node.program, binary);
    if (target.os === 'darwin' && !(await signForMac(binary, join(root, 'release/.quill')))) onUnsigned(target);
    const files: ArchiveFile[] = [
      { path: basename(binary), data: await readFile(binary), executable: true },
      { path: 'LICENSE', data: await readFile(join(root, 'LICENSE')) },
      { path: 'LICENSES-OF-OTHERS', data: await licencesOfOthers(root, node) },
      ...Object.entries(COMPLETIONS).map(([path, text]) => ({ path, data: Buffer.from(text) })),
    ];
    for (const page of globSync(`${MAN_FOLDER}/*.1`, { cwd: root }).sort()) {
      files.push({ path: `man/man1/${basename(page)}`, data: await readFile(join(root, page)) });
    }
    const form = archiveForm(target);
    return artifactOf(`${archiveName(target, version)}.${form}`, await archive(files, form));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the authors of Node, and of the libraries in krt's bundles, want to be said. */
async function licencesOfOthers(root: string, node: PlatformNode): Promise<Buffer> {
  const bundled = globSync('dist/**/*.LEGAL.txt', { cwd: root }).sort();
  const texts = await Promise.all(bundled.map(path => readFile(join(root, path), 'utf8')));
  // one library is in several bundles
  const unique = [...new Set(texts)];
  return Buffer.from([...unique, await readFile(node.licence, 'utf8')].join('\n\n'));
}

/** A file to publish, with its digest. */
export function artifactOf(name: string, data: Buffer): Artifact {
  return { name, data, sha256: createHash('sha256').update(data).digest('hex') };
}

/** The digests of files in the form that `sha256sum -c` reads. */
export function sumsText(artifacts: readonly Artifact[]): string {
  return artifacts.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('');
}
