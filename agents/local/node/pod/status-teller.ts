import { isDeepStrictEqual } from 'node:util';
import type { Pod } from '../../../../crds/client/resources.ts';
import { writeStatus } from '../../../lib/guarded-status.ts';
import type { NodeContext } from '../context.ts';
import type { PodView } from './plan.ts';
import { podStatus } from './status.ts';

/** The last status of a Pod is given up when the API server does not take it in this time. */
const LAST_WORDS_MS = 2_000;

/** Writes the status of one Pod where it differs from what was told before. */
export class StatusTeller {
  readonly #context: NodeContext;
  readonly #since: number;
  #told: object | undefined;

  constructor(context: NodeContext) {
    this.#context = context;
    this.#since = context.clock.now();
  }

  /** At most one write, unless another hand was first. Throws when the signal aborts. */
  async tell(pod: Pod, view: PodView, signal: AbortSignal): Promise<void> {
    const { clients, clock, pods, log } = this.#context;
    for (let now = pod; ; ) {
      const base = { ...now, status: { ...now.status, ...this.#told } };
      const status = podStatus(base, view, this.#since, clock.now());
      if (isDeepStrictEqual(status, this.#told)) return;
      const { outcome, object, ...rest } = await writeStatus({ client: clients.pods, clock, signal }, now, status);
      if (!object) return; // gone: the watch tells it
      pods.put(object);
      now = object;
      if (outcome === 'stale') continue;
      if (outcome === 'refused') log.error({ ...rest, pod: pod.metadata.name }, 'a Pod status was refused');
      this.#told = status;
      return;
    }
  }

  /** As `tell`, but not for long, and without throwing: the node stops. */
  async lastWords(pod: Pod, view: PodView): Promise<void> {
    const { clock, log } = this.#context;
    const over = new AbortController();
    const done = new AbortController();
    clock.sleep(LAST_WORDS_MS, done.signal).then(
      () => over.abort(new Error('the API server does not answer')),
      () => undefined, // told in time
    );
    await this.tell(pod, view, over.signal).catch(err => log.warn({ err }, 'the last status of a Pod was not written'));
    done.abort();
  }
}
