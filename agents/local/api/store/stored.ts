import type { ApiObject } from '../object.ts';

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

/** A stored object from its JSON. */
export function storedFrom(type: string, json: string): Stored {
  const object = JSON.parse(json) as ApiObject;
  const { namespace = '', name = '', resourceVersion } = object.metadata;
  return { type, namespace, name, revision: Number(resourceVersion), object, json };
}
