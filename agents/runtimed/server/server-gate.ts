import type { Logger } from 'pino';
import type { Isolation } from '../../../crds/v1alpha1/runtime.ts';
import type { Clock } from '../../lib/clock.ts';
import { isRuntimeError, type RuntimeClient } from '../../protocol/index.ts';
import type { AuthToken } from './auth-token.ts';

/** What the gate needs. */
export interface ServerGateOptions {
  readonly server: RuntimeClient;
  readonly token: Pick<AuthToken, 'publish' | 'withdraw'>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly signal: AbortSignal;
  /** The tier of isolation that is asked for; default SharedUser. */
  readonly isolation?: Isolation | undefined;
  /** Called each time when the server has become ready, before anyone goes through. */
  readonly onReady: () => Promise<void>;
}

const CHECK_EVERY_MS = 3000;
const FIRST_RETRY_MS = 20;
const LONGEST_RETRY_MS = 500;

/** Whether the Runtime Server takes work: its Health, looked at every few seconds and at once when a call failed. */
export class ServerGate {
  readonly #options: ServerGateOptions;
  #ready = false;
  #why = 'the Runtime Server has not answered yet';
  #opened = Promise.withResolvers<void>();
  #poke = new AbortController();

  constructor(options: ServerGateOptions) {
    this.#options = options;
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** Why it is not ready. */
  get why(): string {
    return this.#why;
  }

  /** Resolves once the server is ready; rejects with the signal's reason when that aborts first. */
  async pass(signal: AbortSignal): Promise<void> {
    while (!this.#ready) {
      signal.throwIfAborted();
      const aborted = Promise.withResolvers<void>();
      signal.addEventListener('abort', () => aborted.resolve(), { once: true });
      await Promise.race([this.#opened.promise, aborted.promise]);
    }
    signal.throwIfAborted();
  }

  /** A call failed: nobody passes until the server has answered again. */
  recheck(why: string): void {
    this.#close(why);
    this.#poke.abort();
  }

  /** Looks after the server until the signal aborts. */
  async run(): Promise<void> {
    const { clock, signal, token } = this.#options;
    // published once before asking, as the server that starts beside us waits for it
    await token.publish();
    for (let delay = FIRST_RETRY_MS; !signal.aborted; ) {
      this.#poke = new AbortController();
      const healthy = await this.#check();
      delay = healthy ? FIRST_RETRY_MS : Math.min(delay * 2, LONGEST_RETRY_MS);
      const wake = healthy ? AbortSignal.any([signal, this.#poke.signal]) : signal;
      await clock.sleep(healthy ? CHECK_EVERY_MS : delay, wake).catch(() => undefined); // poked, or the end
    }
  }

  async #check(): Promise<boolean> {
    const { server, token, log, onReady, isolation: wanted } = this.#options;
    try {
      const { healthy, message, isolation } = await server.health();
      await token.withdraw();
      if (wanted === 'UserPerSlot' && isolation !== wanted) {
        this.#close('the Runtime Server does not give each program a user of its own, as the Runtime asks it to');
        return false;
      }
      if (!healthy) {
        this.#close(message || 'the Runtime Server is not healthy');
        return false;
      }
      if (this.#ready) return true;
      await onReady();
      log.info('the Runtime Server is ready');
      this.#ready = true;
      this.#opened.resolve();
      return true;
    } catch (err) {
      this.#close(err instanceof Error ? err.message : String(err));
      // an answer, not a refused connection: what answers has started anew and waits for its token
      const asksForToken = isRuntimeError(err, 'unauthenticated', 'unavailable') && !isUnreached(err);
      if (asksForToken) await token.publish().catch(error => log.warn({ err: error }, 'publishing the token failed'));
      return false;
    }
  }

  #close(why: string): void {
    if (this.#ready) {
      this.#options.log.warn({ why }, 'the Runtime Server is not ready');
      this.#opened = Promise.withResolvers();
    }
    this.#ready = false;
    this.#why = why;
  }
}

/** Whether the call never reached a server, in the words of grpc-js. */
export function isUnreached(error: unknown): boolean {
  return (
    isRuntimeError(error, 'unavailable') &&
    /^No connection established|ECONNREFUSED|connection refused/i.test(error.message)
  );
}
