import { join } from 'node:path';
import type { Pod } from '../../../../crds/client/resources.ts';
import { findImage } from '../container/images.ts';
import { commandOf } from '../container/process-spec.ts';
import type { NodeContext } from '../context.ts';
import { makeMark } from '../process/mark.ts';
import { probePort } from './ports.ts';
import type { Prepared } from './prepared.ts';
import { type ContainerRecord, recordStart } from './records.ts';
import { RunningContainer } from './running-container.ts';
import type { NodeContainer } from './spec.ts';

/** A container to start. */
export interface ContainerStart {
  readonly pod: Pod;
  readonly container: NodeContainer;
  /** Brought up to date as the container goes. */
  readonly record: ContainerRecord;
  readonly prepared: Prepared;
  /** Ports of the Pod that are replaced, and what by. */
  readonly ports: ReadonlyMap<number, number>;
  /** Stores the records. */
  readonly save: () => Promise<void>;
  /** Called when the record has changed. */
  readonly changed: () => void;
}

/** Starts a container and its probes. Throws ConfigError where it names what is not there. */
export async function startContainer(context: NodeContext, start: ContainerStart): Promise<RunningContainer> {
  const { clock, log, event, files, logs } = context;
  const { pod, container, record, prepared, ports, save, changed } = start;
  const { uid = '', name: podName } = pod.metadata;
  const image = findImage(context.images, container.image ?? '')!;
  const dir = join(files.container(uid, container.name));
  const command = await commandOf({ ...context, pod, container, image, ...prepared, ports, dir });
  const mark = makeMark();
  recordStart(record, { mark }, clock.now());
  // before anything runs: a daemon that comes after us has to know what to look for
  await save();
  const set = (change: Partial<ContainerRecord>) => {
    Object.assign(record, change);
    changed();
  };
  const running = new RunningContainer({
    ...{ container, command, mark, clock },
    lifeline: image.lifeline,
    log: logs.start(uid, container.name, record.restarts),
    target: { command, mark, port: port => probePort(container, port, ports) },
    graceSeconds: pod.spec.terminationGracePeriodSeconds ?? 30,
    events: {
      onStarted: () => set({ started: true }),
      onReady: ready => set({ ready }),
      onUnhealthy: (probe, message) => event(pod, 'Warning', 'Unhealthy', `${probe} probe failed: ${message}`),
      onKilling: message => event(pod, 'Normal', 'Killing', message),
      onLogError: err => log.error({ err, pod: podName, container: container.name }, 'output was lost'),
    },
  });
  const { pid, identity } = running.process;
  record.process = { mark, pid, identity: await identity };
  return running;
}
