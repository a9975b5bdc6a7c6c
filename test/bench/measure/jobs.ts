import { makeResourceClient } from '../../../crds/client/kube-resource-client.ts';
import type { ResourceInfo } from '../../../crds/client/resources.ts';
import type { KubeObject } from '../../../crds/v1alpha1/index.ts';
import type { Stage } from '../stage.ts';
import { watchEnds } from '../watch-ends.ts';
import { type Burst, burst } from './burst.ts';
import { inTurn } from './in-turn.ts';

interface Job extends KubeObject {
  spec: { backoffLimit: number; template: object };
  status?: { conditions?: { type: string; status: string }[] };
}

const JOBS: ResourceInfo = { group: 'batch', version: 'v1', plural: 'jobs', kind: 'Job', namespaced: true };

/** What Kubernetes Jobs took for the same program in the same image. */
export interface JobFigures {
  readonly sequence: readonly number[];
  readonly burst: Burst;
}

/** 5 Jobs one after another, then 50 at once. */
export async function measureJobs({ clients, namespace, runtime }: Stage): Promise<JobFigures> {
  const jobs = makeResourceClient<Job>(clients.transport, JOBS);
  const ends = watchEnds(jobs, namespace, isOver);
  const { image, imagePullPolicy } = runtime.spec.template.spec.containers[0]!;
  const container = { name: 'job', image, imagePullPolicy, command: ['bash', '-c', 'echo hello'] };
  const template = { spec: { restartPolicy: 'Never', containers: [container] } };
  const create = (name: string) => jobs.create({ metadata: { name, namespace }, spec: { backoffLimit: 0, template } });
  try {
    const { sequence } = await inTurn(
      {
        async sequence(round) {
          const start = performance.now();
          await create(`one-${round}`);
          return (await ends.ended(`one-${round}`)) - start;
        },
      },
      { rounds: 5, warmUp: 1 },
    );
    const work = {
      submit: async (i: number) => void (await create(`many-${i}`)),
      ended: (i: number) => ends.ended(`many-${i}`),
    };
    return { sequence, burst: await burst(work, { count: 50, width: 50 }) };
  } finally {
    ends.stop();
  }
}

const isOver = ({ status }: Job) =>
  status?.conditions?.some(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True') ??
  false;
