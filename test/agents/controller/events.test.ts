import { expect } from 'chai';
import { EVENT_REASONS } from '../../../agents/controller/event-reasons.ts';
import { ApiError } from '../../../crds/client/api-error.ts';
import { FINALIZER_ARTIFACTS } from '../../../crds/v1alpha1/names.ts';
import { makePod } from '../../builders/pod.ts';
import { makeRun } from '../../builders/run.ts';
import { makeRuntime } from '../../builders/runtime.ts';
import { makeWorld, quiet } from './harness.ts';

type World = ReturnType<typeof makeWorld>;

const left = makeRun('a')
  .meta({ finalizers: [FINALIZER_ARTIFACTS] })
  .ended();
const condition = (type: string, status: string, reason: string) => ({ conditions: [{ type, status, reason }] });
const refuse = (code: number, reason: string) => (world: World) => {
  world.clients.deployments.failNext('create', new ApiError(code, { code, reason, message: 'no' }));
};

/** What leads to each Event; `before` the controller starts or `after`. */
const CAUSES: Record<
  keyof typeof EVENT_REASONS,
  { before?: (world: World) => void; after?: (world: World) => unknown }
> = {
  PodLost: { before: ({ clients }) => clients.runs.seed(makeRun('a').running('p').obj()) },
  ArtifactsLeft: {
    before: ({ clients }) => clients.runs.seed(left.meta({ deletionTimestamp: '2026-01-01T00:00:00Z' }).obj()),
    after: world => world.pass(61_000),
  },
  NameTaken: {
    before: ({ clients }) =>
      clients.roles.seed({ metadata: { name: 'krt-runtime-bash', namespace: 'default' }, rules: [] }),
  },
  Invalid: { before: refuse(422, 'Invalid') },
  Forbidden: { before: refuse(403, 'Forbidden') },
  FailedCreate: { after: world => world.deployed(condition('ReplicaFailure', 'True', 'FailedCreate')) },
  PodFailing: {
    before({ clients }) {
      const state = { waiting: { reason: 'ImagePullBackOff' } };
      const container = { name: 'runtime', image: 'nowhere', ready: false, restartCount: 0, state };
      clients.pods.seed(
        makePod('p')
          .notReady()
          .status({ containerStatuses: [container] })
          .obj(),
      );
    },
  },
  ProgressDeadlineExceeded: {
    after: world => world.deployed(condition('Progressing', 'False', 'ProgressDeadlineExceeded')),
  },
};

describe('the Events of the controller', () => {
  for (const [reason, { before, after }] of Object.entries(CAUSES)) {
    it(`tell ${reason}, once`, async () => {
      const world = makeWorld();
      try {
        world.clients.runtimes.seed(makeRuntime().obj());
        before?.(world);
        await world.start();
        await after?.(world);
        await quiet();
        const { kind } = EVENT_REASONS[reason as keyof typeof EVENT_REASONS];
        const told = world.clients.events
          .all()
          .map(event => [event.type, event.involvedObject?.kind, event.reason, event.count]);
        expect(told).to.deep.equal([['Warning', kind, reason, 1]]);
      } finally {
        world.stop();
      }
    });
  }
});
