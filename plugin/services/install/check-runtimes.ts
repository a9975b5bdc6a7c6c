import { findCondition } from '../../../crds/v1alpha1/conditions.ts';
import { CONDITIONS } from '../../../crds/v1alpha1/names.ts';
import type { Runtime } from '../../../crds/v1alpha1/runtime.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

/** Whether Runs can start on each Runtime; what Pod Security, a quota or the API server has against its Pods. */
export function judgeRuntimes(runtimes: readonly Runtime[]): Finding[] {
  if (runtimes.length > 0) return runtimes.map(judgeRuntime);
  return [
    note('there is no Runtime yet, so nothing to run programs on', 'kubectl apply -f install/runtimes/bash.yaml'),
  ];
}

function judgeRuntime({ metadata, spec, status = {} }: Runtime): Finding {
  const name = `Runtime ${metadata.name} in namespace ${metadata.namespace}`;
  const { conditions, readyReplicas = 0 } = status;
  const { replicas = 1 } = spec;
  const degraded = findCondition(conditions, CONDITIONS.degraded);
  if (degraded?.status === 'True') return wrong(`${name} is degraded: ${degraded.message}`);
  if (replicas === 0) return note(`${name} has 0 replicas: its Runs wait`);
  if (findCondition(conditions, CONDITIONS.available)?.status === 'True') {
    return ok(`${name}: ${readyReplicas} of ${replicas} Pods are ready`);
  }
  if (conditions === undefined) return wrong(`${name} was not looked at by the controller yet`);
  return wrong(
    `${name}: no Pod is ready`,
    `see why with: kubectl describe pods -l kruntimes.io/runtime=${metadata.name} -n ${metadata.namespace}`,
  );
}
