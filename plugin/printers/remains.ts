import type { KubeObject } from '../../crds/v1alpha1/meta.ts';
import { nameOf } from '../services/install/kinds.ts';
import type { Remains } from '../services/install/uninstall.ts';
import { sanitise } from '../terminal/sanitise.ts';

/** What `krt uninstall` has left, and how to be rid of that too; empty where nothing is. */
export function remainsText({ left, runs, runtimes, abandoned, held }: Remains, allCommand: string): string {
  const lines: string[] = [];
  if (left.length > 0) lines.push(`left: ${left.map(nameOf).join(', ')}`);
  if (runs + runtimes > 0) {
    lines.push(
      `left: ${count(runtimes, 'Runtime')}, whose Pods go on, and ${count(runs, 'Run')}; nobody starts or ends Runs now`,
    );
  }
  if (left.length > 0) lines.push(`to delete these too, of the whole cluster: ${allCommand}`);
  if (abandoned > 0) lines.push(`left: what ${count(abandoned, 'Run')} had in the ArtifactStores of their Runtimes`);
  for (const object of held) lines.push(heldLine(object));
  return lines.map(line => `${sanitise(line)}\n`).join('');
}

function heldLine({ kind = '', metadata: { name, namespace, finalizers = [] } }: KubeObject): string {
  const patch = `kubectl patch ${kind.toLowerCase()} ${name} -n ${namespace} --type=merge -p '{"metadata":{"finalizers":null}}'`;
  return `${kind} ${namespace}/${name} stays until its finalizers (${finalizers.join(', ')}) are gone; by force: ${patch}`;
}

const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;
