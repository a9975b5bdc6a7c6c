// Writes docs/reference, docs/man with its list in package.json, and the dashboard from the code: npm run docs. A test
// fails when a file is not as this would write it.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { loadCli } from '../plugin/load-cli.ts';
import { dashboardJson } from './grafana/dashboard.ts';
import { MAN_FOLDER, manPages } from './reference/man.ts';
import { referencePages } from './reference/pages.ts';

const root = join(import.meta.dirname, '..');
const man = manPages(await loadCli({ root, sources: true }));
const dashboard = ['install/grafana/krt.json', dashboardJson()] as const;
await rm(join(root, MAN_FOLDER), { recursive: true, force: true }); // a command may be gone
for (const [path, text] of [...(await referencePages(root)), ...man, dashboard]) {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}
const pjson = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as object;
await writeFile(
  join(root, 'package.json'),
  `${JSON.stringify({ ...pjson, man: [...man.keys()].sort() }, undefined, 2)}\n`,
);
