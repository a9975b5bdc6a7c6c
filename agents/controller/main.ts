import { LEASES } from '../../crds/v1alpha1/names.ts';
import { systemClock } from '../lib/clock.ts';
import { runLeaderAgent } from '../lib/leader-agent.ts';
import { shutdownSignal } from '../lib/shutdown.ts';
import { startController } from './start.ts';

// KRT_AGENTS_IMAGE is the image of the runtimed sidecar; the default is the one of this version
const sidecar = {
  image: process.env['KRT_AGENTS_IMAGE'] || `krt-agents:${process.env.KRT_VERSION ?? 'latest'}`,
  imagePullPolicy: process.env['KRT_AGENTS_IMAGE_PULL_POLICY'] || undefined,
  logLevel: process.env['KRT_RUNTIMED_LOG_LEVEL'] || undefined,
};

process.exitCode = await runLeaderAgent({
  name: 'controller',
  lease: LEASES.controller,
  healthPort: 19093,
  env: process.env,
  clock: systemClock,
  signal: shutdownSignal(process),
  start: context => startController({ ...context, options: { sidecar } }),
});
