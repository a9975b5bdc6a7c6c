import { isForbidden, isNotFound } from '../../../crds/client/api-error.ts';
import { pathOf } from '../../../crds/client/resources.ts';
import type { Transport } from '../../../crds/client/transport.ts';
import type { KubeObject } from '../../../crds/v1alpha1/meta.ts';
import { firstDifference } from './difference.ts';
import { type Finding, hidden, ok, wrong } from './finding.ts';
import { kindOf, nameOf } from './kinds.ts';

/** What looking needs. */
export interface LookDeps {
  readonly transport: Transport;
  readonly signal: AbortSignal;
}

/** What is there of an object that should be. */
export type Look =
  | { readonly wanted: KubeObject; readonly actual: KubeObject }
  | { readonly wanted: KubeObject; readonly actual: undefined; readonly why: 'missing' | 'forbidden' };

/** Looks each of the objects up. */
export function lookUp(objects: readonly KubeObject[], { transport, signal }: LookDeps): Promise<Look[]> {
  const one = async (wanted: KubeObject): Promise<Look> => {
    const { name, namespace } = wanted.metadata;
    try {
      const path = pathOf(kindOf(wanted), namespace, name);
      return { wanted, actual: await transport.json<KubeObject>({ method: 'GET', path, signal }) };
    } catch (error) {
      if (isNotFound(error)) return { wanted, actual: undefined, why: 'missing' };
      if (isForbidden(error)) return { wanted, actual: undefined, why: 'forbidden' };
      throw error;
    }
  };
  return Promise.all(objects.map(one));
}

/** Kinds of which a part is the operator's own choice, or an agent's: that they are there is enough here. */
const OWN_CHOICE: readonly (string | undefined)[] = ['Deployment', 'Lease'];

/** Which objects are missing, or not as krt has them; `command` puts them right. */
export function judgeObjects(looks: readonly Look[], command: string): Finding[] {
  const missing = looks.filter(look => !look.actual && look.why === 'missing');
  if (missing.length === looks.length) return [wrong('krt is not installed here: nothing of it is there', command)];
  const findings = looks.flatMap((look): Finding[] => {
    const name = nameOf(look.wanted);
    if (!look.actual) return look.why === 'missing' ? [wrong(`${name} is missing`, command)] : [];
    if (OWN_CHOICE.includes(look.wanted.kind)) return [];
    if (look.actual.metadata.deletionTimestamp) return [wrong(`${name} is being deleted`, command)];
    const path = firstDifference(look.wanted, look.actual);
    if (path !== undefined) return [wrong(`${name} is not as this krt has it: ${path.slice(1)}`, command)];
    return notEstablished(name, look.actual);
  });
  const unseen = looks.filter(look => !look.actual && look.why === 'forbidden').map(({ wanted }) => nameOf(wanted));
  if (unseen.length > 0) return [...findings, hidden(unseenText(unseen, looks.length))];
  return findings.length > 0 ? findings : [ok(`all ${looks.length} objects of the installation are as krt has them`)];
}

/** Not one line for each of what an ordinary user may read nothing of. */
function unseenText(names: readonly string[], all: number): string {
  const some = names.length > 3 ? `${names.length} of ${all} objects of the installation` : names.join(', ');
  return `${some}: you may not read ${names.length === 1 ? 'it' : 'them'}, so krt can't tell whether all is well there`;
}

/** A CRD that the API server does not serve, though it is there. */
function notEstablished(name: string, object: KubeObject): Finding[] {
  if (object.kind !== 'CustomResourceDefinition') return [];
  const { conditions = [] } =
    (object as { status?: { conditions?: { type: string; status: string; message?: string }[] } }).status ?? {};
  const bad = conditions.find(
    ({ type, status }) => ['Established', 'NamesAccepted'].includes(type) && status !== 'True',
  );
  return bad ? [wrong(`${name} is not served: ${bad.message || bad.type}`)] : [];
}
