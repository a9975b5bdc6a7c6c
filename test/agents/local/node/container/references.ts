import { ConfigError } from '../../../../../agents/local/node/container/config-error.ts';
import type { References } from '../../../../../agents/local/node/container/config-objects.ts';

/** ConfigMaps and Secrets, by `Kind/name`, with their values. */
export function makeReferences(objects: Record<string, Record<string, string>> = {}): References {
  return {
    get(kind, name, optional) {
      const values = objects[`${kind}/${name}`];
      if (!values && !optional) throw new ConfigError(`${kind.toLowerCase()} "${name}" not found`);
      return values && Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(value)]));
    },
  };
}
