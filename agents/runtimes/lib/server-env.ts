import { parseLimits } from './limits/run-limits.ts';
import type { RuntimeServerOptions } from './serve.ts';

/** What the environment of a Runtime Server says. */
export type ServerEnv = Pick<
  RuntimeServerOptions,
  | 'port'
  | 'authDir'
  | 'spoolDir'
  | 'outputCapBytes'
  | 'spares'
  | 'graceMs'
  | 'shutdownMs'
  | 'isolation'
  | 'limits'
  | 'workspaceDir'
> & {
  /** The image's own PATH, which its programs get. */
  readonly searchPath: string;
  readonly logLevel: string;
};

/**
 * The settings of a built-in Runtime Server from its environment: KRT_RUNTIME_PORT (19091), KRT_AUTH_DIR (/krt/auth),
 * KRT_SPOOL_DIR (`tmp`), KRT_OUTPUT_CAP_BYTES (64 MiB per execution), KRT_SPARES that are prepared ahead (2),
 * KRT_GRACE_SECONDS from SIGTERM to SIGKILL (5), KRT_SHUTDOWN_SECONDS for what runs when the server is told to end (20:
 * with the grace it stays within a Pod's usual 30), KRT_ISOLATION (SharedUser), KRT_LIMITS (JSON of what one execution
 * may use; none), KRT_WORKSPACE_DIR (/krt/workspace), KRT_LOG_LEVEL (info). Throws for a value that isn't a number in
 * its range.
 */
export function readServerEnv(env: NodeJS.ProcessEnv, tmp: string): ServerEnv {
  const number = (name: string, fallback: number, max = Number.MAX_SAFE_INTEGER) => {
    const value = Number(env[name] || fallback);
    if (!(value >= 0 && value <= max)) throw new Error(`${name}: ${env[name]} is not a number from 0 to ${max}`);
    return value;
  };
  return {
    port: number('KRT_RUNTIME_PORT', 19_091, 65_535),
    authDir: env['KRT_AUTH_DIR'] || '/krt/auth',
    spoolDir: env['KRT_SPOOL_DIR'] || tmp,
    outputCapBytes: number('KRT_OUTPUT_CAP_BYTES', 64 * 1024 * 1024),
    spares: number('KRT_SPARES', 2, 64),
    graceMs: number('KRT_GRACE_SECONDS', 5) * 1000,
    shutdownMs: number('KRT_SHUTDOWN_SECONDS', 20) * 1000,
    searchPath: env['PATH'] || '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    logLevel: env['KRT_LOG_LEVEL'] || 'info',
    isolation: env['KRT_ISOLATION'] || 'SharedUser',
    limits: parseLimits(env['KRT_LIMITS']),
    workspaceDir: env['KRT_WORKSPACE_DIR'] || '/krt/workspace',
  };
}
