import type { ApiObject } from '../object.ts';
import type { ObjectRow } from './database.ts';

/** A stored object: never changed, so that lists, watches and the history share it and its JSON. */
export interface Stored {
  /** The type's storage key. */
  readonly type: string;
  readonly namespace: string;
  readonly name: string;
  readonly revision: number;
  readonly object: ApiObject;
  readonly json: string;
}

/** Order of lists, and place of a continue token. */
export const keyOf = ({ namespace, name }: Pick<Stored, 'namespace' | 'name'>): string => `${namespace}/${name}`;

/** A stored object from its row; the JSON is parsed when it is first asked for: most of a history never is. */
export function storedFrom({ type, namespace, name, body }: ObjectRow): Stored {
  let parsed: ApiObject | undefined;
  return {
    type,
    namespace,
    name,
    json: body,
    get object() {
      parsed ??= JSON.parse(body) as ApiObject;
      return parsed;
    },
    get revision() {
      return Number(this.object.metadata.resourceVersion);
    },
  };
}
