import type { Clients } from '../../../crds/client/index.ts';
import { archivedLog } from './archived-log.ts';
import type { ReadDeps } from './attempt-reader.ts';

/** What logs are read with: the Pod's own, and, beyond it, the archive through another Pod. */
export type LogClients = Pick<Clients, 'runs' | 'pods' | 'podLog' | 'podArtifact'>;

/** What the readers of logs need, over `clients`. */
export function readDeps(clients: LogClients, deps: Pick<ReadDeps, 'clock' | 'signal' | 'emit'>): ReadDeps {
  const { clock } = deps;
  return {
    ...deps,
    open: clients.podLog,
    archive: (run, location, how) => archivedLog(run, location, { clients, clock, ...how }),
  };
}
