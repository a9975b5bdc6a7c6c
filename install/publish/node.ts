import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Target } from './targets.ts';

/** Node for a platform: its program, and its licence. */
export interface PlatformNode {
  readonly program: string;
  readonly licence: string;
}

/** Fetches Node for a platform from npm, which checks what it gets; once into `folder`, where the next time finds it. */
export async function fetchNode({ os, node: { name, version } }: Target, folder: string): Promise<PlatformNode> {
  const home = join(folder, `${name}-${version}`);
  if (!existsSync(home)) {
    const made = `${home}.part`;
    await rm(made, { recursive: true, force: true });
    await mkdir(made, { recursive: true });
    const { stdout } = await execa('npm', ['pack', `${name}@${version}`, '--silent', '--pack-destination', made]);
    const tarball = join(made, stdout.trim());
    await execa('tar', ['-xzf', tarball, '-C', made, '--strip-components=1', 'package/bin', 'package/LICENSE']);
    await rm(tarball);
    await rename(made, home);
  }
  return { program: join(home, 'bin', os === 'windows' ? 'node.exe' : 'node'), licence: join(home, 'LICENSE') };
}
