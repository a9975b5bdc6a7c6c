/**
 * What bash does before it becomes the program; `$1` is the mark, `$2` the file, `$3` the program's `$0`.
 * Limits that can't be set are left as they are: on a system without them containment is the process group alone.
 * The OOM killer shall take the program, not the server. Bash's own variables stay out of the program's environment
 * (an array isn't exported; `unset` alone doesn't help, as exec counts SHLVL down). File descriptor 3 closes
 * when the program takes over; something written to it says that exec failed.
 */
const PRELUDE = `
{ ulimit -x "$1"; ulimit -c 0; echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null
shopt -s execfail
unset PWD OLDPWD
SHLVL=()
exec -a "$3" -- "$2" "\${@:4}" 3>&-
set -- $?
echo failed >&3
exit $1
`;

/** The arguments of bash that start `file` with `argv0` and `args` under `mark`; `-p` keeps BASH_ENV and SHELLOPTS out. */
export function preludeArgs(mark: string, file: string, argv0: string, args: readonly string[]): string[] {
  return ['-p', '-c', PRELUDE, 'krt', mark, file, argv0, ...args];
}
