// Writes docs/reference and the dashboard from the code: npm run docs. A test fails when a file is not as this would write it.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { dashboardJson } from './grafana/dashboard.ts';
import { referencePages } from './reference/pages.ts';

const root = join(import.meta.dirname, '..');
for (const [path, text] of [...(await referencePages(root)), ['install/grafana/krt.json', dashboardJson()] as const]) {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}
