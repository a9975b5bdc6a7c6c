import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { loadCli } from '../../plugin/load-cli.ts';
import { commandsPage } from './commands.ts';
import { metricsPage } from './metrics.ts';
import { type Crd, resourcesPage } from './resources.ts';
import { eventsPage, exitCodesPage, reasonsPage, runEventsPage } from './words.ts';

/** Every page of docs/reference by its path from the project's root. */
export async function referencePages(root: string): Promise<Map<string, string>> {
  const crds = globSync('*.yaml', { cwd: join(root, 'crds') }).sort();
  return new Map([
    ['docs/reference/commands.md', commandsPage(await loadCli({ root, sources: true }))],
    ['docs/reference/events.md', eventsPage()],
    ['docs/reference/exit-codes.md', exitCodesPage()],
    ['docs/reference/metrics.md', metricsPage()],
    ['docs/reference/reasons.md', reasonsPage()],
    ['docs/reference/run-events.md', runEventsPage()],
    ['docs/reference/resources.md', resourcesPage(crds.map(file => parse(read(join(root, 'crds', file))) as Crd))],
  ]);
}

const read = (path: string) => readFileSync(path, 'utf8');
