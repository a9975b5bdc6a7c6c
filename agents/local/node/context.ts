import type { Logger } from 'pino';
import type { Clients } from '../../../crds/client/index.ts';
import type { Pod } from '../../../crds/client/resources.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Informer } from '../../lib/informer.ts';
import type { Images } from './container/images.ts';
import type { TellEvent } from './events.ts';
import type { LogStore } from './logs/log-store.ts';
import type { PodFiles } from './pod/pod-files.ts';
import type { PortPool } from './pod/ports.ts';

/** What all Pods of the node share. */
export interface NodeContext {
  readonly clients: Pick<Clients, 'pods' | 'transport'>;
  readonly pods: Pick<Informer<Pod>, 'put'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly files: PodFiles;
  readonly logs: LogStore;
  readonly ports: PortPool;
  readonly images: Images;
  readonly event: TellEvent;
  readonly nodeName: string;
  /** Directory of persistent volumes. */
  readonly claimsDir: string;
  /** PATH of containers. */
  readonly searchPath: string;
  /** What containers with a ServiceAccount token are given: this file, and as token. */
  readonly kubeconfig: string;
  readonly token: string;
}
