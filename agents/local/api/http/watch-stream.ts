import type { ServerResponse } from 'node:http';
import type { Status } from '../status-error.ts';
import type { ChangeType } from '../store/database.ts';
import type { Stored } from '../store/stored.ts';
import { groupVersion, type ResourceType } from '../types/resource-type.ts';
import type { ApiContext } from '../verbs/context.ts';
import { renderObject } from '../verbs/render.ts';
import type { Rendering } from './accept.ts';

/** A watcher that has this many bytes waiting is cut: it must list again rather than hold the server's memory. */
const MOST_WAITING = 8 * 1024 * 1024;

/** Writes events to one watcher, and cuts it when it does not read. Never throws: a write is not its watchers' business. */
export class WatchStream {
  readonly #context: ApiContext;
  readonly #type: ResourceType;
  readonly #rendering: Rendering;
  readonly #response: ServerResponse;
  readonly #cut: () => void;
  #first = true;
  #limited = false;

  constructor(
    context: ApiContext,
    type: ResourceType,
    rendering: Rendering,
    response: ServerResponse,
    cut: () => void,
  ) {
    this.#context = context;
    this.#type = type;
    this.#rendering = rendering;
    this.#response = response;
    this.#cut = cut;
  }

  /** From now on what waits is bounded; what a watch begins with is sent whatever its size. */
  limit(): void {
    this.#limited = true;
  }

  send(event: ChangeType, stored: Stored): void {
    const { clock, log } = this.#context;
    try {
      const object = renderObject(this.#type, stored, this.#rendering, clock.now(), this.#first);
      this.#first = false;
      this.#write(`{"type":"${event}","object":${object}}\n`);
    } catch (err) {
      log.error({ err, object: stored.name }, 'watcher is cut: an object can not be shown');
      this.#end();
    }
  }

  bookmark(endOfInitial: boolean): void {
    const annotations = endOfInitial ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
    const metadata = { resourceVersion: String(this.#context.store.revision), ...annotations };
    const object = { kind: this.#type.kind, apiVersion: groupVersion(this.#type), metadata };
    this.#write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
  }

  error(status: Status): void {
    this.#write(`${JSON.stringify({ type: 'ERROR', object: status })}\n`);
  }

  #write(line: string): void {
    const response = this.#response;
    if (response.destroyed || response.writableEnded) return;
    if (this.#limited && response.writableLength > MOST_WAITING) {
      this.#context.log.warn({ type: this.#type.plural, waiting: response.writableLength }, 'slow watcher is cut');
      this.#end();
      return;
    }
    response.write(line);
  }

  #end(): void {
    this.#cut();
    this.#response.destroy();
  }
}
