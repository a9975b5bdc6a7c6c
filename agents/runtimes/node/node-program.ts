import type { InterpreterProgram } from '../lib/process/interpreter-spares.ts';

/** What Node, its libraries or the C library read once, when they start. */
const READ_AT_START = /^(NODE_|UV_|V8_|ICU_|OPENSSL_|SSL_|LC_|LANGUAGE$|LD_|MALLOC_|GLIBC_)/;

/** How the node Runtime executes a file: as `node <entrypoint> args...` does, ES modules included. */
export function nodeProgram({ file, starter }: { file: string; starter: string }): InterpreterProgram {
  return {
    file,
    starter,
    isOwn: interpreter => /\bnode(js)?$/.test(interpreter),
    isReadAtStart: (name, value) => READ_AT_START.test(name) || (name === 'LANG' && value !== 'C.UTF-8'),
    interpret: (entrypoint, args) => ({ file, argv0: file, args: [starter, entrypoint, ...args] }),
  };
}
