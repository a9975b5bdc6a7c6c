import { bashSpares } from '../lib/process/spare-kind.ts';
import { runServer } from '../lib/run-server.ts';
import { planBash } from './plan.ts';

await runServer('bash-runtime', process.env, found => ({ plan: planBash(found), spareKind: bashSpares }));
