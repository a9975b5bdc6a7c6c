import { ENV, LEASES } from '../../crds/v1alpha1/names.ts';
import { systemClock } from '../lib/clock.ts';
import { runLeaderAgent } from '../lib/leader-agent.ts';
import { shutdownSignal } from '../lib/shutdown.ts';
import { ownImage } from './own-image.ts';
import { startController } from './start.ts';

const { env } = process;
const [podName, podNamespace] = [env[ENV.podName], env[ENV.podNamespace]];
const pod = podName && podNamespace ? { name: podName, namespace: podNamespace } : undefined;

process.exitCode = await runLeaderAgent({
  name: 'controller',
  lease: LEASES.controller,
  healthPort: 19093,
  env,
  clock: systemClock,
  signal: shutdownSignal(process),
  start: async context => {
    const { clients, signal } = context;
    // KRT_AGENTS_IMAGE is the image of the runtimed sidecar; by default the controller's own, which holds it too
    const own =
      env['KRT_AGENTS_IMAGE'] || (await ownImage({ client: clients.pods, pod, container: 'controller', signal }));
    const sidecar = {
      image: own ?? `krt-agents:${process.env.KRT_VERSION ?? 'latest'}`,
      imagePullPolicy: env['KRT_AGENTS_IMAGE_PULL_POLICY'] || undefined,
      logLevel: env['KRT_RUNTIMED_LOG_LEVEL'] || undefined,
    };
    await startController({ ...context, options: { sidecar } });
  },
});
