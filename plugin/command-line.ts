import { KrtError, usageError } from './errors.ts';
import type { ClusterFlags } from './flags.ts';

/** How the user would call `command` about `name` from the same place, for hints: `krt logs -f hello -n team`. */
export function commandLine(bin: string, flags: ClusterFlags): (command: string, name: string) => string {
  const { namespace, context, kubeconfig } = flags;
  const place = [
    namespace === undefined ? '' : ` -n ${namespace}`,
    context === undefined ? '' : ` --context ${context}`,
    kubeconfig === undefined ? '' : ` --kubeconfig ${kubeconfig}`,
  ].join('');
  return (command, name) => `${bin} ${command} ${name}${place}`;
}

/** The words of `argv` before and behind the first `--`: krt's own, and those for the program. */
export function splitWords(argv: readonly string[]): { own: string[]; program: string[] } {
  const split = argv.indexOf('--');
  return split < 0 ? { own: [...argv], program: [] } : { own: argv.slice(0, split), program: argv.slice(split + 1) };
}

/** Adds to an error of parsing what is most likely meant by a word that no flag takes. */
export function hintAtDashes(bin: string): (error: unknown) => never {
  return error => {
    if (!(error instanceof KrtError) || !error.message.startsWith('unexpected argument')) throw error;
    throw usageError(error.message, `the program's own words go behind --, as in: ${bin} run -r bash -- echo hello`);
  };
}
