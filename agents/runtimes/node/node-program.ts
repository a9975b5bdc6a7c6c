import type { InterpreterProgram } from '../lib/process/interpreter-spares.ts';

/** How the node Runtime executes a file: as `node <entrypoint> args...` does, ES modules included. */
export function nodeProgram({ file, starter }: { file: string; starter: string }): InterpreterProgram {
  return {
    file,
    starter,
    ownName: /\bnode(js)?$/,
    // by Node, its libraries or the C library
    readAtStart: /^(NODE_|UV_|V8_|ICU_|OPENSSL_|SSL_|LC_|LANGUAGE$|LD_|MALLOC_|GLIBC_)/,
  };
}
