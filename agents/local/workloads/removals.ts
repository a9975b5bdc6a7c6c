import type { Pod } from '../../../crds/client/resources.ts';

/**
 * Pods whose deletion was asked for and has not come back from the watch. They count as gone at once: a plan made of
 * older news would else choose another Pod in the place of one that goes already.
 */
export class Removals {
  readonly #uids = new Set<string>();

  add({ metadata }: Pod): void {
    this.#uids.add(metadata.uid ?? '');
  }

  /** The watch shows it going, or it is gone, or the server would not delete it. */
  forget({ metadata }: Pod): void {
    this.#uids.delete(metadata.uid ?? '');
  }

  /** `pods` without those that go. */
  without(pods: Iterable<Pod>): Pod[] {
    return [...pods].filter(({ metadata }) => !this.#uids.has(metadata.uid ?? ''));
  }
}
