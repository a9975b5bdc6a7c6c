import { age } from '../../crds/v1alpha1/age.ts';
import type { DaemonInfo } from '../services/local/daemon.ts';
import { fieldsText } from './detail.ts';

/** What `krt local up` came to, for its text. */
export interface UpResult extends DaemonInfo {
  /** It ran before. */
  readonly wasUp: boolean;
  /** Built-in Runtimes that were asked for; all are there. */
  readonly runtimes: readonly string[];
}

/** What `krt local up` says, with what to do next. */
export function upText(result: UpResult, { bin, version }: { bin: string; version: string }): string {
  const { wasUp, server, kubeconfig, runtimes } = result;
  const head = wasUp ? 'the embedded default was up already' : 'the embedded default is up: krt on this machine alone';
  const old =
    result.version === version
      ? ''
      : `It was started by krt ${result.version}; to renew it: ${bin} local down, then up\n`;
  const next =
    runtimes.length > 0
      ? `Try it:\n  ${bin} run -r ${runtimes[0]} -- echo "hello from krt"\n`
      : `Next, a Runtime to run on:\n  ${bin} local up --runtime bash\n`;
  const forKubectl = `For kubectl:\n  export KUBECONFIG=${kubeconfig}\n`;
  return `${head}\n${fieldsText([
    ['API server', server],
    ['Kubeconfig', kubeconfig],
  ])}${old}${next}${forKubectl}`;
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
