// An embedded API server alone, as a process of its own: `node serve.ts DIR [PORT]`. Writes DIR/kubeconfig, then says
// where it listens on stdout; ends on SIGTERM. For tests that kill it, and for suites that take a kubeconfig.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { systemClock } from '../../../../agents/lib/clock.ts';
import { kubeconfigServer, noPodLogs, startApiServer } from '../../../../agents/local/api/index.ts';
import { kubeconfigFor } from '../../../acceptance/harness/kubeconfigs.ts';
import { readCrds } from './crds.ts';

const [dir = '.', port = '0'] = process.argv.slice(2);
const token = 'a-token-for-tests';
const end = new AbortController();
process.on('SIGTERM', () => end.abort());
const server = await startApiServer({
  dbFile: join(dir, 'state.db'),
  crds: readCrds(),
  token,
  port: Number(port),
  clock: systemClock,
  log: pino({ level: 'warn' }, pino.destination({ dest: 2, sync: true })),
  podLogs: noPodLogs,
  signal: end.signal,
});
writeFileSync(join(dir, 'kubeconfig'), kubeconfigFor(kubeconfigServer(server.url, token), { token }), { mode: 0o600 });
process.stdout.write(`${server.url}\n`);
