import type { InterpreterProgram } from '../lib/process/interpreter-spares.ts';

/** What the interpreter or the C library reads once, when it starts. */
const READ_AT_START = /^(PYTHON|LC_|LANGUAGE$|LD_|MALLOC_|GLIBC_)/;

/** How the python Runtime executes a file: as `python3 <entrypoint> args...` does, with output as it appears. */
export function pythonProgram({ file, starter }: { file: string; starter: string }): InterpreterProgram {
  return {
    file,
    starter,
    isOwn: interpreter => /\bpython[0-9.]*$/.test(interpreter),
    isReadAtStart: (name, value) => READ_AT_START.test(name) || (name === 'LANG' && value !== 'C.UTF-8'),
    interpret: (entrypoint, args) => ({ file, argv0: file, args: [starter, entrypoint, ...args] }),
  };
}
