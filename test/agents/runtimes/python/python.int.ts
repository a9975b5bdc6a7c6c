import { fileURLToPath } from 'node:url';
import type { InterpreterProgram } from '../../../../agents/runtimes/lib/process/interpreter-spares.ts';
import { findPython } from '../../../../agents/runtimes/python/find-python.ts';
import { pythonProgram } from '../../../../agents/runtimes/python/python-program.ts';
import { itIsUsedOnce, itRunsAsByHand, type Sample } from '../like-by-hand.ts';

const starter = fileURLToPath(new URL('../../../../agents/runtimes/python/start-python.py', import.meta.url));

const SAMPLES: Readonly<Record<string, Sample>> = {
  'a line': { text: 'print(1)\n' },
  'args, names and paths': {
    text: `import sys, os
print(sys.argv, __name__, __file__, __package__, __spec__, __doc__, type(__loader__).__name__, sys.path[0])
print(sorted(globals()), sys.modules["__main__"].__dict__ is globals(), os.getcwd(), sys.flags, sys.executable)`,
    args: ['a b', '', '-x', 'ä€', "'"],
  },
  'the environment, and nothing else': {
    text: `import os, subprocess, sys
print(sorted(os.environ.items()))
print(subprocess.check_output([sys.executable, "-c", "import os; print(sorted(os.environ.items()))"]))`,
    env: { A: 'b\nc', EMPTY: '', UID: '5', B_1: 'ä', HOME: '/home' },
  },
  'the time zone': { text: 'import time\nprint(time.tzname, time.localtime(0).tm_hour)', env: { TZ: 'Asia/Tokyo' } },
  'modules beside it': {
    text: 'import helper\nhelper.hello()',
    files: { 'helper.py': 'def hello(): print(__name__)' },
  },
  'another name, in a directory': { text: 'import sys\nprint(__file__, sys.argv, sys.path[0])', name: 'a/b.py' },
  'an uncaught exception': { text: 'def f():\n  raise ValueError("no")\n\nprint("first")\nf()\n' },
  'an exception in an exception': { text: 'try:\n  1/0\nexcept Exception as e:\n  raise KeyError("x") from e\n' },
  'a syntax error': { text: 'print(1)\nif:\n' },
  'a file that is no UTF-8': { text: '# -*- coding: latin-1 -*-\nprint(len("ä"))\n' },
  'exit with a code': { text: 'import sys\nsys.exit(3)' },
  'exit with a message': { text: 'import sys\nsys.exit("no more")' },
  'exit of the system': { text: 'import os\nprint(1, flush=True)\nos._exit(7)' },
  'a signal': { text: 'import os\nos.kill(os.getpid(), 15)' },
  'an interrupt': { text: 'import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(60)' },
  'an own hook': { text: 'import sys\nsys.excepthook = lambda k, e, t: print(k, e, t.tb_lineno, t.tb_next)\n1/0' },
  'threads, and what is to be done at exit': {
    text: `import atexit, threading, time
atexit.register(print, "bye")
threading.Thread(target=lambda: (time.sleep(0.1), print("thread"))).start()
print("main")`,
  },
  'workers that are started anew': {
    text: `import multiprocessing as mp
def twice(x): return x * 2
if __name__ == "__main__":
  with mp.get_context("spawn").Pool(1) as pool: print(pool.map(twice, [1, 2]))`,
    name: 'pool.py',
  },
  'both streams and no input': { text: 'import sys\nprint(repr(sys.stdin.read()))\nprint("e", file=sys.stderr)' },
  'what a user has installed': {
    text: 'import site, sys\nprint(site.getusersitepackages(), [p for p in sys.path if "local/lib" in p and "home" in p])',
  },
  'an environment for the interpreter': {
    text: 'import sys\nprint(sys.flags.optimize)',
    env: { PYTHONOPTIMIZE: '2' },
    anew: true,
  },
};

describe('the python Runtime', function () {
  this.timeout(60_000);
  let program: InterpreterProgram;
  before(async function () {
    const file = await findPython(process.env, process.env['PATH'] ?? '').catch(() => undefined);
    if (file === undefined) this.skip(); // this machine has no python3
    program = pythonProgram({ file: file!, starter });
  });

  itRunsAsByHand(() => program, SAMPLES);
  itIsUsedOnce(() => program, {
    leave:
      'import builtins, os, sys\nbuiltins.left = os.environ["LEFT"] = "1"\nsys.modules["left"] = sys\nprint("clean")',
    look: 'import builtins, os, sys\nprint("left" if hasattr(builtins, "left") or "LEFT" in os.environ or "left" in sys.modules else "clean")',
    slow: 'import os, time\nprint("first")\nwhile not os.path.exists("go"): time.sleep(0.01)\nprint("second")',
    coldName: 'PYTHONHASHSEED',
  });
});
