import type { InterpreterProgram } from '../lib/process/interpreter-spares.ts';

/** How the python Runtime executes a file: as `python3 <entrypoint> args...` does, with output as it appears. */
export function pythonProgram({ file, starter }: { file: string; starter: string }): InterpreterProgram {
  return {
    file,
    starter,
    ownName: /\bpython[0-9.]*$/,
    // by the interpreter or the C library
    readAtStart: /^(PYTHON|LC_|LANGUAGE$|LD_|MALLOC_|GLIBC_)/,
  };
}
