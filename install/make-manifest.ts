import { join } from 'node:path';
import type { Plugin } from '@oclif/core/config';
import { loadCli } from '../plugin/load-cli.ts';

/**
 * The text of `.oclif.manifest.json`: what oclif would find in dist, read from the sources, in an order of its own.
 * The flags that all commands have are left out: krt has them in `plugin/flags.ts`, and they would be most of the file.
 */
export async function makeManifest(root: string): Promise<string> {
  const config = await loadCli({ root, sources: true });
  const { manifest } = config.getPluginsList()[0] as Plugin;
  const shipped = Object.entries(manifest.commands).map(([id, command]) => {
    const path = ['dist', ...(command.relativePath ?? [])].join('/').replace(/\.ts$/, '.js');
    const flags = Object.entries(command.flags).filter(([, flag]) => flag.helpGroup !== 'GLOBAL');
    return [id, { ...command, flags: Object.fromEntries(flags), relativePath: path.split('/') }] as const;
  });
  const commands = Object.fromEntries(shipped.sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ commands, version: manifest.version }, undefined, 2)}\n`;
}

/** Where the manifest is. */
export const manifestPath = (root: string): string => join(root, '.oclif.manifest.json');
