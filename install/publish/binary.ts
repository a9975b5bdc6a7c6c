import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { execa } from 'execa';
import type { App } from './app.ts';

/** Makes the standalone binary `output` of krt and the `node` of the platform that it is for. */
export async function buildBinary(app: App, node: string, output: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'krt-sea-'));
  try {
    await build({
      entryPoints: [join(import.meta.dirname, 'start.ts')],
      outfile: join(folder, 'start.cjs'),
      absWorkingDir: import.meta.dirname,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node26',
    });
    await writeFile(join(folder, 'app'), app.bytes);
    await writeFile(join(folder, 'digest'), app.digest);
    // neither a snapshot nor a code cache, which are of one machine: so it can be made for any platform on any
    const files = { main: 'start.cjs', assets: { app: 'app', digest: 'digest' } };
    const config = { ...files, output, executable: node, disableExperimentalSEAWarning: true };
    // it is krt that has options, not the Node in it
    await writeFile(join(folder, 'sea.json'), JSON.stringify({ ...config, execArgvExtension: 'none' }));
    // names without a folder: they get into the binary
    await execa(process.execPath, ['--build-sea', 'sea.json'], { cwd: folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
