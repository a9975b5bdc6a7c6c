import { age } from '../../crds/v1alpha1/age.ts';
import type { DaemonInfo } from '../services/local/daemon.ts';
import { fieldsText } from './detail.ts';

/** What `krt local up` came to, for its text. */
export interface UpResult extends DaemonInfo {
  /** It ran before. */
  readonly wasUp: boolean;
  /** Runtimes that are there; first those that were asked for, which are ready. */
  readonly runtimes: readonly string[];
}

/** What its text depends on beside the result. */
export interface UpTextOptions {
  readonly bin: string;
  readonly version: string;
  /** Where Runtimes were made and looked for. */
  readonly namespace: string;
  /** Whether krt and kubectl speak to it without being told to. */
  readonly isChosen: boolean;
}

/** What `krt local up` says, with what to do next. */
export function upText(result: UpResult, { bin, version, namespace, isChosen }: UpTextOptions): string {
  const { wasUp, server, kubeconfig, runtimes } = result;
  const head = wasUp ? 'the embedded default was up already' : 'the embedded default is up: krt on this machine alone';
  const old =
    result.version === version
      ? ''
      : `It was started by krt ${result.version}; to renew it: ${bin} local down, then up\n`;
  const inNamespace = namespace === 'default' ? '' : `-n ${namespace} `;
  const next =
    runtimes.length > 0
      ? `Try it:\n  ${bin} run ${inNamespace}-r ${runtimes[0]} -- echo "hello from krt"\n`
      : `Next, a Runtime to run on:\n  ${bin} local up ${inNamespace}--runtime bash\n`;
  const choose = `  export KUBECONFIG=${kubeconfig}\n`;
  const steps = isChosen
    ? `${next}For kubectl:\n${choose}`
    : `Your kubeconfig names another cluster; first:\n${choose}${next}`;
  return `${head}\n${fieldsText([
    ['API server', server],
    ['Kubeconfig', kubeconfig],
  ])}${old}${steps}`;
}

/** What `krt local status` says; `info` undefined: it is down. */
export function statusText(info: DaemonInfo | undefined, now: number, bin: string): string {
  if (!info) return `the embedded default is down; start it with: ${bin} local up\n`;
  const { pid, version, server, kubeconfig, startedAt } = info;
  return `the embedded default is up\n${fieldsText([
    ['API server', server],
    ['Kubeconfig', kubeconfig],
    ['Process', pid],
    ['Version', version],
    ['Up for', age(startedAt, now)],
  ])}`;
}
