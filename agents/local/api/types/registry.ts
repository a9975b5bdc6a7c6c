import { groupVersion, type ResourceType } from './resource-type.ts';

/** The types that are served, by group, version and plural. Custom ones come and go. */
export class Registry {
  readonly #types = new Map<string, ResourceType>();

  constructor(builtin: readonly ResourceType[]) {
    for (const type of builtin) this.#types.set(keyOf(type), type);
  }

  get(group: string, version: string, plural: string): ResourceType | undefined {
    return this.#types.get(`${group}/${version}/${plural}`);
  }

  all(): ResourceType[] {
    return [...this.#types.values()];
  }

  /** One type per storage key: what garbage collection and namespace deletion go through. */
  stored(): ResourceType[] {
    return [...new Map(this.all().map(type => [type.storageKey, type])).values()];
  }

  /** The type that keeps objects under `storageKey`. */
  ofStorage(storageKey: string): ResourceType | undefined {
    return this.all().find(type => type.storageKey === storageKey);
  }

  /** The type of an object's apiVersion and kind, as owner references name it. */
  ofKind(apiVersion: string, kind: string): ResourceType | undefined {
    return this.all().find(type => type.kind === kind && groupVersion(type) === apiVersion);
  }

  /** Replaces the custom types of one resource; none: the resource is not served any more. */
  setCustom(storageKey: string, types: readonly ResourceType[]): void {
    for (const [key, type] of this.#types) if (type.isCustom && type.storageKey === storageKey) this.#types.delete(key);
    for (const type of types) this.#types.set(keyOf(type), type);
  }

  isBuiltinGroup(name: string): boolean {
    return this.all().some(({ group, isCustom }) => group === name && !isCustom);
  }

  /** Groups beside core, each with its versions, in the order of first use. */
  groups(): Map<string, string[]> {
    const groups = new Map<string, string[]>();
    for (const { group, version } of this.#types.values()) {
      if (group === '') continue;
      const versions = groups.get(group) ?? [];
      if (!versions.includes(version)) versions.push(version);
      groups.set(group, versions);
    }
    return groups;
  }
}

const keyOf = ({ group, version, plural }: ResourceType) => `${group}/${version}/${plural}`;
