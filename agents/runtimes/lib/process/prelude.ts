/**
 * What bash does before it becomes the program; `$1` is the mark, `$2` the file, `$3` the program's `$0`.
 * - Limits that can't be set stay as they are: on a system without them containment is the process group alone.
 * - The OOM killer shall take the program, not the server.
 * - What the server itself inherited open is closed.
 * - Bash's own variables stay out of the program's environment (an array isn't exported; `unset` alone doesn't help,
 *   as exec counts SHLVL down).
 * - File descriptor 3 is closed for the program, and back when exec failed, to say so.
 */
const PRELUDE = `
{ ulimit -x "$1"; ulimit -c 0; echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null
for _krt in /proc/self/fd/*; do
  case \${_krt##*/} in [0-3] | '*') ;; *) eval "exec \${_krt##*/}>&-" ;; esac
done
shopt -s execfail
unset _krt PWD OLDPWD
SHLVL=()
{ exec -a "$3" -- "$2" "\${@:4}"; } 3>&-
set -- $?
echo failed >&3
exit $1
`;

/** The arguments of bash that start `file` with `argv0` and `args` under `mark`; `-p` keeps BASH_ENV and SHELLOPTS out. */
export function preludeArgs(mark: string, file: string, argv0: string, args: readonly string[]): string[] {
  return ['-p', '-c', PRELUDE, 'krt', mark, file, argv0, ...args];
}
