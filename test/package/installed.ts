import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { type Finished, run } from '../acceptance/harness/cli.ts';
import { cleanEnv } from '../acceptance/harness/embedded.ts';
import { processesWith } from '../acceptance/harness/processes.ts';
import { ROOT } from '../acceptance/harness/settings.ts';

/** krt as a person has it who has installed the package, in a folder with nothing else. */
export interface Installed {
  /** The person's folder, with package.json and node_modules. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Name of the tarball. */
  readonly tarball: string;
  /** Paths of the files in the package. */
  readonly files: readonly string[];
  run(command: string, ...args: string[]): Promise<Finished>;
  end(): Promise<void>;
}

/**
 * Packs what is built and installs it from the tarball without a registry: no cache of npm's is there, so that whatever
 * the package would fetch is missed. `node` is the only one that the person has.
 */
export async function installPackage(node = process.execPath): Promise<Installed> {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'krt-package-')));
  const folder = join(home, 'project');
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'project', private: true, type: 'module' }));
  const bin = join(folder, 'node_modules/.bin');
  const path = [bin, dirname(node), process.env['PATH']].join(delimiter);
  const env = { ...cleanEnv(home), PATH: path };
  const runIn = (cwd: string) => (command: string, args: readonly string[]) => run(command, args, { env, cwd });
  const npm = async (cwd: string, ...args: string[]) => {
    const { code, stdout, stderr } = await runIn(cwd)('npm', [...args, '--ignore-scripts']);
    if (code !== 0) throw new Error(`npm ${args.join(' ')} ended with ${code}:\n${stderr}`);
    return stdout;
  };
  const [packed] = JSON.parse(await npm(ROOT, 'pack', '--json', '--pack-destination', home));
  await npm(folder, 'install', '--offline', '--no-audit', join(home, packed.filename));
  return {
    folder,
    env,
    tarball: packed.filename,
    files: packed.files.map((file: { path: string }) => file.path),
    run: (command, ...args) => runIn(folder)(command, args),
    async end() {
      await runIn(folder)('krt', ['local', 'down']);
      const left = processesWith(home);
      await rm(home, { recursive: true, force: true });
      if (left.length > 0) throw new Error(`processes are left:\n${left.join('\n')}`);
    },
  };
}

/** The packages that were installed, krt's own among them. */
export async function packagesIn(folder: string): Promise<string[]> {
  return (await readdir(join(folder, 'node_modules'))).filter(name => !name.startsWith('.'));
}

/** package.json of the installed krt. */
export async function manifestIn(folder: string): Promise<{ bin: Record<string, string>; man: string[] }> {
  return JSON.parse(await readFile(join(folder, 'node_modules/krt/package.json'), 'utf8'));
}
