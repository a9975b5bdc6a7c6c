import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A copy of a kubeconfig without what its user has: a token on the command line does not replace that. */
export async function withoutUser({
  kubeconfig,
  dir,
}: {
  readonly kubeconfig: string;
  readonly dir: string;
}): Promise<string> {
  const path = join(dir, 'no-user');
  const config = JSON.parse(await readFile(kubeconfig, 'utf8'));
  await writeFile(
    path,
    JSON.stringify({ ...config, users: config.users.map((user: object) => ({ ...user, user: {} })) }),
  );
  return path;
}
