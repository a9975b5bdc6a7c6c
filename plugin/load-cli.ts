import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Config, Plugin } from '@oclif/core/config';
import type { PJSON } from '@oclif/core/interfaces';
import { settings } from '@oclif/core/settings';

/** Where the CLI's files are, and how it is called. */
export interface CliOptions {
  /** Folder of package.json. */
  readonly root: string;
  /** Load commands from the TypeScript sources, not from dist and its manifest. */
  readonly sources?: boolean;
  readonly bin?: string;
}

/** oclif's configuration of krt, with its commands found by pattern and, in dist, remembered in the manifest. */
export async function loadCli({ root, sources = false, bin = 'krt' }: CliOptions): Promise<Config> {
  const pjson = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as PJSON;
  pjson.oclif.bin = bin;
  if (sources) pjson.oclif.commands = { strategy: 'pattern', target: './plugin/commands' };
  // Node itself runs our sources: no transpiler is to be looked for
  settings.enableAutoTranspile = false;
  const plugin = new Plugin({ root, pjson, isRoot: true, ignoreManifest: sources, errorOnManifestCreate: true });
  await plugin.load();
  return Config.load({ root, pjson, plugins: new Map([[plugin.name, plugin]]), userPlugins: false, devPlugins: false });
}
