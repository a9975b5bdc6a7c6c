import { fileURLToPath } from 'node:url';
import { interpreterKind } from '../lib/interpreter-kind.ts';
import { runServer } from '../lib/run-server.ts';
import { findPython } from './find-python.ts';
import { pythonProgram } from './python-program.ts';

// Beside this file in the sources, beside the bundle in dist: the same relative path serves both.
const starter = fileURLToPath(new URL('./start-python.py', import.meta.url));

await runServer('python-runtime', process.env, async ({ searchPath }) => {
  const file = await findPython(process.env, searchPath);
  return interpreterKind(searchPath, pythonProgram({ file, starter }));
});
