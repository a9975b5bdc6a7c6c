import type { Deployment, Lease, Pod } from '../../../crds/client/resources.ts';
import { isPodReady } from '../../../crds/client/resources.ts';
import { type Finding, note, ok, wrong } from './finding.ts';
import { isRolledOut } from './rolled-out.ts';

/** All there is to see of one agent. */
export interface AgentView {
  /** As krt would install it. */
  readonly wanted: Deployment;
  readonly deployment: Deployment;
  readonly pods: readonly Pod[];
  /** That of its leader; undefined where it can't be read. */
  readonly lease: Lease | undefined;
}

/** Whether an agent works: its Pods are ready, and one of them leads. `now` is in milliseconds. */
export function judgeAgent({ wanted, deployment, pods, lease }: AgentView, now: number): Finding[] {
  const name = `deployment.apps/${deployment.metadata.name}`;
  const { replicas = 1 } = deployment.spec;
  const ready = deployment.status?.availableReplicas ?? 0;
  const [image, ours] = [imageOf(deployment), imageOf(wanted)];
  const findings: Finding[] = [];
  if (replicas === 0)
    findings.push(
      wrong(`${name} is scaled to 0`, `kubectl scale ${name} --replicas 2 -n ${deployment.metadata.namespace}`),
    );
  else if (ready === 0)
    findings.push(wrong(`${name}: none of its ${replicas} Pods is ready${whyNot(deployment, pods)}`));
  else if (ready < replicas)
    findings.push(note(`${name}: ${ready} of ${replicas} Pods are ready${whyNot(deployment, pods)}`));
  else if (!isRolledOut(deployment)) findings.push(judgeUpdate(name, deployment, pods));
  else findings.push(ok(`${name}: ${ready} of ${replicas} Pods are ready`));
  if (image !== ours) findings.push(note(`${name} runs ${image}; this krt would install ${ours}`));
  if (lease && ready > 0) findings.push(judgeLease(name, lease, now));
  return findings;
}

/** Old Pods work on until new ones are ready, so that nothing else shows that those never will be. */
function judgeUpdate(name: string, deployment: Deployment, pods: readonly Pod[]): Finding {
  const why = whyNot(deployment, pods);
  if (why) return wrong(`${name}: its update is stuck, and Pods of the version before work on${why}`);
  return note(`${name} is being updated: ${deployment.status?.updatedReplicas ?? 0} Pods are new`);
}

function judgeLease(name: string, { metadata, spec = {} }: Lease, now: number): Finding {
  const { holderIdentity, renewTime, leaseDurationSeconds = 15 } = spec;
  const ageMs = renewTime ? now - Date.parse(renewTime) : Number.POSITIVE_INFINITY;
  // clocks of two machines differ a little
  if (holderIdentity && ageMs <= 2 * leaseDurationSeconds * 1000) return ok(`${name} is led by ${holderIdentity}`);
  const since = renewTime ? `, not since ${renewTime}` : '';
  return wrong(
    `${name}: no Pod leads${since} (lease ${metadata.name})`,
    `read why with: kubectl logs ${name} -n ${metadata.namespace}`,
  );
}

const imageOf = ({ spec }: Deployment) => spec.template.spec.containers[0]?.image ?? '';

/** What the Pods that are not ready, or the Deployment where it has none, say of themselves, after a colon. */
export function whyNot({ status }: Deployment, pods: readonly Pod[]): string {
  const refused = status?.conditions?.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True');
  const why =
    refused?.message ??
    pods
      .filter(pod => !isPodReady(pod))
      .map(whyPodNotReady)
      .find(Boolean);
  return why ? `: ${why}` : '';
}

/** Why a container waits in every start. */
const STARTING: readonly unknown[] = ['ContainerCreating', 'PodInitializing'];

function whyPodNotReady({ metadata, status = {} }: Pod): string | undefined {
  const unplaced = status.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (unplaced) return `Pod ${metadata.name} is not placed: ${unplaced.message}`;
  const waiting = status.containerStatuses?.map(({ state }) => state?.['waiting']).find(Boolean);
  if (!waiting || STARTING.includes(waiting['reason'])) return undefined;
  return `Pod ${metadata.name}: ${[waiting['reason'], waiting['message']].filter(Boolean).join(': ')}`;
}
