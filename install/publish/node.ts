import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { TARGETS, type Target } from './targets.ts';

/** Node for a platform: its program, and where Node's licence is. */
export interface PlatformNode {
  readonly program: string;
  readonly licence: string;
}

/** Node for `target`, kept in `folder`. Packages for Windows lack the licence, so that it is that of the first platform. */
export async function fetchNode(target: Target, folder: string): Promise<PlatformNode> {
  const bin = join(await fetchPackage(target, folder), 'bin');
  const licence = join(await fetchPackage(TARGETS[0]!, folder), 'LICENSE');
  return { program: join(bin, target.os === 'windows' ? 'node.exe' : 'node'), licence };
}

/** Fetches Node from npm, which checks what it gets; once, and the next time finds it. */
async function fetchPackage({ os, node: { name, version } }: Target, folder: string): Promise<string> {
  const home = join(folder, `${name}-${version}`);
  if (existsSync(home)) return home;
  const made = `${home}.part`;
  await rm(made, { recursive: true, force: true });
  await mkdir(made, { recursive: true });
  const { stdout } = await execa('npm', ['pack', `${name}@${version}`, '--silent', '--pack-destination', made]);
  const tarball = join(made, stdout.trim());
  const wanted = os === 'windows' ? ['package/bin'] : ['package/bin', 'package/LICENSE'];
  await execa('tar', ['-xzf', tarball, '-C', made, '--strip-components=1', ...wanted]);
  await rm(tarball);
  await rename(made, home);
  return home;
}
