import { phaseOf, type Run } from '../../crds/v1alpha1/run.ts';
import { AGE, type Kind, NAME } from './column.ts';
import { paintOf } from './phase.ts';
import { plain } from './table.ts';

/** Runs in a table: the columns of the CRD, so that `kubectl get runs` shows the same. */
export const RUNS: Kind<Run> = {
  name: 'run.kruntimes.io',
  plural: 'runs.kruntimes.io',
  outputsOf: run => run.status?.outputs ?? {},
  columns: [
    NAME,
    { title: 'PHASE', cell: run => ({ text: phaseOf(run), paint: paintOf(phaseOf(run)) }) },
    { title: 'RUNTIME', cell: run => plain(run.spec.runtime) },
    { title: 'EXIT', cell: run => plain(run.status?.exitCode) },
    { title: 'ATTEMPT', wide: true, cell: run => plain(run.status?.attempt) },
    { title: 'REASON', wide: true, cell: run => plain(run.status?.reason) },
    { title: 'POD', wide: true, cell: run => plain(run.status?.assignedPod ?? undefined) },
    AGE,
  ],
};
