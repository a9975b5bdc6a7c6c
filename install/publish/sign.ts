import { join } from 'node:path';
import { execa } from 'execa';

/**
 * Gives a binary for macOS a signature of nobody's, without which no Mac with an Apple chip runs it: by quill, which Go
 * builds into `folder`. Says whether it did: without Go it can't.
 */
export async function signForMac(binary: string, folder: string): Promise<boolean> {
  const quill = join(folder, 'quill');
  try {
    const env = { GOFLAGS: '-mod=readonly' };
    const args = ['-trimpath', '-buildvcs=false', '-o', quill, 'github.com/anchore/quill/cmd/quill'];
    await execa('go', ['build', ...args], { cwd: join(import.meta.dirname, 'quill'), env });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  await execa(quill, ['sign', '--ad-hoc', '--identity', 'krt', binary]);
  return true;
}
