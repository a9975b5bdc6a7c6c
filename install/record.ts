// Writes docs/krt.svg, the session on top of the README: krt at work on the embedded default, in a real terminal. It
// shows what happened when it was made, so it is made anew where the commands or what they print have changed.
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { framesOf } from './record/frames.ts';
import { AFTERWARDS, COLUMNS, ROWS, SESSION } from './record/session.ts';
import { filmSvg } from './record/svg.ts';
import { ShellTerminal } from './record/terminal.ts';

const root = join(import.meta.dirname, '..');
// its name is seen in the session
const home = join(tmpdir(), 'home');
await mkdir(home);
try {
  const bin = join(home, 'bin');
  await mkdir(bin);
  await symlink(join(root, 'plugin/bin/run.js'), join(bin, 'krt'));
  const path = `${bin}:${dirname(process.execPath)}:/usr/bin:/bin`;
  const terminal = new ShellTerminal({ HOME: home, PATH: path, LANG: 'C.UTF-8' }, root);
  await terminal.ready();
  for (const { command } of SESSION) await terminal.type(command);
  const frames = framesOf(terminal.frames);
  await terminal.type(AFTERWARDS);
  await terminal.end();
  const commands = SESSION.map(({ command }) => `$ ${command}`).join('\n');
  const description = `A terminal session, in which krt starts its embedded default and runs programs on it:\n${commands}`;
  const svg = filmSvg(frames, { columns: COLUMNS, rows: ROWS, title: 'krt at work', description });
  await writeFile(join(root, 'docs/krt.svg'), svg);
  process.stdout.write(`docs/krt.svg: ${frames.length} frames, ${Math.ceil(svg.length / 1024)} KiB\n`);
} finally {
  await rm(home, { recursive: true, force: true });
}
