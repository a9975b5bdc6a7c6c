import type { ProgramSpec } from './program.ts';

/**
 * What bash does before it becomes a program; `$1` is the mark, `$2` further limits (see ulimits).
 * - Limits that can't be set stay as they are: on a system without them containment is the process group alone.
 * - The OOM killer shall take the program, not the server.
 * - What the server itself inherited open is closed.
 */
const PREPARE = `
{ ulimit -x "$1"; ulimit -c 0; eval "$2"; echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null
for _krt in /proc/self/fd/*; do
  case \${_krt##*/} in [0-3] | '*') ;; *) eval "exec \${_krt##*/}>&-" ;; esac
done
shopt -s execfail
unset _krt
`;

/**
 * Bash's own variables stay out of the program's environment: an array isn't exported; `unset` alone doesn't help, as
 * exec counts SHLVL down.
 */
const FORGET = 'unset PWD OLDPWD; SHLVL=()';

/** File descriptor 3 is closed for the program, and back when exec failed, to say so. */
const TELL_FAILURE = 'set -- $?; echo failed >&3; exit $1';

const BECOME = `${PREPARE}${FORGET}
{ exec -a "$4" -- "$3" "\${@:5}"; } 3>&-
${TELL_FAILURE}
`;

const BECOME_WITH_CHANNEL = `${PREPARE}${FORGET}
exec -a "$4" -- "$3" "\${@:5}"
`;

/** The job comes as ten digits, its length in bytes (no locale is set), and its text. */
const WAIT = `${PREPARE}
IFS= read -rN 10 -u 3 _krt && IFS= read -rN "$_krt" -u 3 _krt && eval "$_krt"
`;

/** What each process is prepared with. */
export interface Preparation {
  readonly mark: string;
  /** Commands of bash that set limits. */
  readonly limits: string;
}

/**
 * The arguments of bash that start `file` with `argv0` and `args`, which has file descriptor 3 only with `keepChannel`;
 * `-p` keeps BASH_ENV and SHELLOPTS out.
 */
export function preludeArgs(
  { mark, limits }: Preparation,
  { file, argv0, args }: Omit<ProgramSpec, 'cwd' | 'env'>,
  { keepChannel = false } = {},
): string[] {
  return ['-p', '-c', keepChannel ? BECOME_WITH_CHANNEL : BECOME, 'krt', mark, limits, file, argv0, ...args];
}

/** The arguments of bash that prepare a process, which then waits on file descriptor 3 for its job. */
export function spareArgs({ mark, limits }: Preparation): string[] {
  return ['-p', '-c', WAIT, 'krt', mark, limits];
}

/** The longest job that a spare takes: below it, no system refuses the program's args and environment as too long. */
const LONGEST_JOB_BYTES = 64 * 1024;

/** Names that bash gives a meaning of its own, so that a bash which runs already does not pass them on as they are. */
const OF_BASH =
  /^(BASH.*|COMP_.*|DIRSTACK|EPOCH.*|E?UID|FUNCNAME|FUNCNEST|GLOB.*|GROUPS|HIST.*|IFS|LINENO|MAPFILE|OLDPWD|OPT.*|PIPESTATUS|POSIXLY_CORRECT|PPID|PS[0-4]|PWD|RANDOM|READLINE_.*|REPLY|SECONDS|SHELL|SHELLOPTS|SHLVL|SRANDOM|TMOUT|_|_krt)$/;

/** What makes a bash that waits the program; undefined for one that has to be started by a bash of its own. */
export function bashJob({ file, argv0, args, cwd, env }: ProgramSpec): Buffer | undefined {
  const names = Object.keys(env);
  if (names.some(name => OF_BASH.test(name))) return undefined;
  const exported = names.map(name => ` && export ${name}=${quoted(env[name]!)}`).join('');
  const text = [
    // What bash has to say of a locale that isn't there is not for the program's output.
    `{ cd -P -- ${quoted(cwd)}${exported}; } 2>/dev/null && {`,
    `${FORGET}; echo started >&3; { exec -a ${quoted(argv0)} -- ${[file, ...args].map(quoted).join(' ')}; } 3>&-`,
    `${TELL_FAILURE}; }\n`,
  ].join('\n');
  return framed(text);
}

/** A job as it goes to a spare: its length in ten digits, and itself; undefined for one that is too long. */
export function framed(job: string): Buffer | undefined {
  const body = Buffer.from(job);
  if (body.length > LONGEST_JOB_BYTES) return undefined;
  return Buffer.concat([Buffer.from(String(body.length).padStart(10, '0')), body]);
}

/** As one word of bash, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
