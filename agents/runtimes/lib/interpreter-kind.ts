import { planWith } from './plan.ts';
import { type InterpreterProgram, interpreterSpares } from './process/interpreter-spares.ts';
import type { RuntimeKind } from './run-server.ts';

/** A Runtime whose files are executed by an interpreter, as `interpreter <entrypoint> args...` does. */
export function interpreterKind(searchPath: string, program: InterpreterProgram): RuntimeKind {
  const { file, starter, ownName } = program;
  return {
    plan: planWith({
      searchPath,
      isOwn: interpreter => ownName.test(interpreter),
      interpret: (entrypoint, args) => ({ file, argv0: file, args: [starter, entrypoint, ...args] }),
    }),
    spareKind: interpreterSpares(program),
  };
}
