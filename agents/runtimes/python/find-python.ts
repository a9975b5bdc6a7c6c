import { execa } from 'execa';
import { findCommand } from '../lib/find-program.ts';

/**
 * The interpreter that `python3` on `searchPath` stands for: version managers put a script there that looks for it each
 * time, by an environment that programs do not have. Throws when there is none, or none that works.
 */
export async function findPython(env: NodeJS.ProcessEnv, searchPath: string): Promise<string> {
  const command = findCommand('python3', '/', searchPath);
  const { stdout } = await execa(command, ['-I', '-c', 'import sys; print(sys.executable)'], {
    env: { ...env, PATH: searchPath },
    extendEnv: false,
    stdin: 'ignore',
  });
  return stdout.trim();
}
