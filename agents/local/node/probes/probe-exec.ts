import { spawn } from 'node:child_process';
import { marked } from '../process/mark.ts';
import { send } from '../process/sweep.ts';
import type { ProbeResult } from './probe-state.ts';
import type { ProbeTarget } from './probe-target.ts';

/** Bytes of output that a failure is told with. */
const MESSAGE_BYTES = 1024;

/**
 * Runs a command beside the container. Whatever it starts in its group ends with it, or with its time; what has left
 * the group goes with the container, whose mark it bears. Rejects when `signal` aborts.
 */
export function probeExec(words: readonly string[], target: ProbeTarget, signal: AbortSignal): Promise<ProbeResult> {
  const { env, cwd, translate } = target.command;
  const [file, args] = marked(target.mark, words.map(translate));
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const child = spawn(file, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output = (output + text).slice(0, MESSAGE_BYTES);
      });
    }
    const { pid } = child;
    const end = () => {
      if (pid !== undefined) send(-pid, 'SIGKILL');
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
    };
    const onAbort = () => {
      end();
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    child.on('error', reject);
    child.on('exit', (code, killer) => {
      signal.removeEventListener('abort', onAbort);
      // a turn for output that is there already: what a child of it still holds open is not waited for
      setImmediate(() => {
        end();
        const message = output.trim() || `the command ended with ${killer ?? `exit code ${code}`}`;
        resolve(code === 0 ? { ok: true, message: '' } : { ok: false, message });
      });
    });
  });
}
