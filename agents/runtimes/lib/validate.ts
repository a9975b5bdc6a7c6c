import { type ExecuteRequest, RuntimeError } from '../../protocol/index.ts';

/** Throws an `invalidArgument` that names the field, for a request that no Runtime could execute. */
export function validateRequest(request: ExecuteRequest): void {
  const wrong = [...problems(request)][0];
  if (wrong) throw new RuntimeError('invalidArgument', wrong);
}

function* problems({ id, args, env, timeoutSeconds, workingDir, entrypoint }: ExecuteRequest): Generator<string> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/.test(id)) yield 'id: 1 to 253 letters, digits, dots, dashes or underscores';
  const nul = args.findIndex(arg => arg.includes('\0'));
  if (nul >= 0) yield `args[${nul}]: holds a NUL byte`;
  for (const [name, value] of Object.entries(env)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) yield `env: ${JSON.stringify(name)} is not a name of a variable`;
    if (value.includes('\0')) yield `env[${name}]: holds a NUL byte`;
  }
  if (!Number.isSafeInteger(timeoutSeconds) || timeoutSeconds < 0)
    yield 'timeout_seconds: a whole number of at least 0';
  if (!workingDir.startsWith('/') || workingDir.includes('\0')) yield 'working_dir: an absolute path';
  if (entrypoint.startsWith('/')) yield 'entrypoint: relative to working_dir';
  if (entrypoint.split('/').includes('..')) yield 'entrypoint: may not hold ..';
  if (entrypoint.includes('\0') || entrypoint.length > 4096) yield 'entrypoint: at most 4096 characters without NUL';
  if (entrypoint === '' && args.length === 0) yield 'args: name a command when there is no entrypoint';
}
