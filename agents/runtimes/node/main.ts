import { fileURLToPath } from 'node:url';
import { findCommand } from '../lib/find-program.ts';
import { interpreterKind } from '../lib/interpreter-kind.ts';
import { runServer } from '../lib/run-server.ts';
import { nodeProgram } from './node-program.ts';

// Beside this file in the sources, beside the bundle in dist: the same relative path serves both.
const starter = fileURLToPath(new URL('./start-node.cjs', import.meta.url));

await runServer('node-runtime', process.env, ({ searchPath }) =>
  interpreterKind(searchPath, nodeProgram({ file: findCommand('node', '/', searchPath), starter })),
);
