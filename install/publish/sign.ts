import { execa } from 'execa';

/**
 * Gives a binary for macOS a signature of nobody's, without which no Mac with an Apple chip runs it: by rcodesign, where
 * this machine has it. Says whether it did.
 */
export async function signForMac(path: string): Promise<boolean> {
  try {
    await execa('rcodesign', ['sign', '--binary-identifier', 'krt', path]);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
