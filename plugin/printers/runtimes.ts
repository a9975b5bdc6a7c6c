import { isolationOf, type Runtime } from '../../crds/v1alpha1/runtime.ts';
import { AGE, type Kind, NAME } from './column.ts';
import { plain } from './table.ts';

/** Runtimes in a table: the columns of the CRD, so that `kubectl get runtimes` shows the same. */
export const RUNTIMES: Kind<Runtime> = {
  name: 'runtime.kruntimes.io',
  plural: 'runtimes.kruntimes.io',
  columns: [
    NAME,
    { title: 'READY', cell: runtime => plain(runtime.status?.readyReplicas) },
    { title: 'REPLICAS', cell: runtime => plain(runtime.spec.replicas) },
    { title: 'SLOTS', cell: runtime => plain(runtime.status?.slots?.total) },
    { title: 'USED', cell: runtime => plain(runtime.status?.slots?.used) },
    { title: 'ISOLATION', wide: true, cell: runtime => plain(isolationOf(runtime)) },
    { title: 'IMAGE', wide: true, cell: runtime => plain(runtime.spec.template.spec.containers[0]?.image) },
    AGE,
  ],
};
