import { LEASES } from '../../crds/v1alpha1/names.ts';
import { systemClock } from '../lib/clock.ts';
import { runLeaderAgent } from '../lib/leader-agent.ts';
import { shutdownSignal } from '../lib/shutdown.ts';
import { startScheduler } from './start.ts';

process.exitCode = await runLeaderAgent({
  name: 'scheduler',
  lease: LEASES.scheduler,
  healthPort: 19094,
  env: process.env,
  clock: systemClock,
  signal: shutdownSignal(process),
  start: context => startScheduler(context),
});
