import { createHash, timingSafeEqual } from 'node:crypto';
import {
  type Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { RuntimeError, toServiceError } from './errors.ts';
import type { AttachEvent, ExecuteRequest, ExecutionStatus, Health, Offsets } from './messages.ts';
import { MESSAGE_LIMITS, runtimeService } from './service.ts';
import { eventToWire, statusToWire, type WireAttachEvent, type WireAttachRequest, type WireId } from './wire.ts';

/** What a Runtime Server does on each call; throw a RuntimeError to choose the answer's code. */
export interface RuntimeHandlers {
  execute(request: ExecuteRequest): Promise<string> | string;
  status(id: string): Promise<ExecutionStatus> | ExecutionStatus;
  list(): Promise<readonly ExecutionStatus[]> | readonly ExecutionStatus[];
  cancel(id: string): Promise<void> | void;
  forget(id: string): Promise<void> | void;
  health(): Promise<Health> | Health;
  /** Ends after its `final` event; `signal` aborts when the caller goes away. Absent: answers `unimplemented`. */
  attach?(id: string, offsets: Offsets, signal: AbortSignal): AsyncIterable<AttachEvent>;
}

/** How to serve. */
export interface ServeOptions {
  /** Loopback only: `127.0.0.1:<port>` (0: any free one), `[::1]:<port>` or `unix:/path`. */
  readonly address: string;
  readonly handlers: RuntimeHandlers;
  /** The bearer token that callers must send; while it gives undefined, every call is answered `unavailable`. */
  readonly token: () => string | undefined;
  /** Its abort breaks all calls off and stops the server; to end politely, `drain` first. */
  readonly signal: AbortSignal;
}

/** A server that listens. */
export interface ServedRuntime {
  /** What clients connect to, with the port that was chosen. */
  readonly address: string;
  /** Takes no new connection and resolves when the calls under way have ended. */
  drain(): Promise<void>;
}

/** Serves `handlers` on a loopback address; rejects when it cannot listen there. */
export async function serveRuntime({ address, handlers, token, signal }: ServeOptions): Promise<ServedRuntime> {
  if (!/^(127\.\d+\.\d+\.\d+:|\[::1\]:|localhost:|unix:)/.test(address)) {
    throw new Error(`a Runtime Server listens on loopback only, not on ${address}`);
  }
  const server = new Server(MESSAGE_LIMITS);
  server.addService(runtimeService().service, implementation(handlers, token));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  const stop = () => server.forceShutdown();
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return {
    address: address.startsWith('unix:') ? address : address.replace(/:\d+$/, `:${port}`),
    drain: () =>
      new Promise((resolve, reject) => {
        server.tryShutdown(error => (error && !signal.aborted ? reject(error) : resolve()));
      }),
  };
}

function implementation(handlers: RuntimeHandlers, token: () => string | undefined) {
  const unary =
    <Q, R>(handle: (request: Q) => Promise<R> | R) =>
    async (call: ServerUnaryCall<Q, R>, done: sendUnaryData<R>) => {
      try {
        authorize(call.metadata, token());
        done(null, await handle(call.request));
      } catch (error) {
        done(toServiceError(error));
      }
    };
  return {
    Execute: unary(async (request: ExecuteRequest) => ({ id: await handlers.execute(request) })),
    Status: unary(async ({ id }: WireId) => statusToWire(await handlers.status(id))),
    List: unary(async () => ({ entries: (await handlers.list()).map(statusToWire) })),
    Cancel: unary(async ({ id }: WireId) => (await handlers.cancel(id)) ?? {}),
    Forget: unary(async ({ id }: WireId) => (await handlers.forget(id)) ?? {}),
    Health: unary(async () => handlers.health()),
    Attach: (call: ServerWritableStream<WireAttachRequest, WireAttachEvent>) => serveAttach(call, handlers, token),
  };
}

async function serveAttach(
  call: ServerWritableStream<WireAttachRequest, WireAttachEvent>,
  handlers: RuntimeHandlers,
  token: () => string | undefined,
): Promise<void> {
  const gone = new AbortController();
  call.on('cancelled', () => gone.abort(new RuntimeError('cancelled', 'the caller went away')));
  // A caller that goes away midway errors the stream as well; `cancelled` has told us already.
  call.on('error', () => {});
  try {
    authorize(call.metadata, token());
    if (!handlers.attach) throw new RuntimeError('unimplemented', 'this Runtime Server has no Attach');
    const { id, stdoutOffset, stderrOffset } = call.request;
    for await (const event of handlers.attach(id, { stdout: stdoutOffset, stderr: stderrOffset }, gone.signal)) {
      if (!call.write(eventToWire(event))) await drained(call, gone.signal);
    }
    call.end();
  } catch (error) {
    if (!gone.signal.aborted) call.emit('error', toServiceError(error));
  }
}

function drained(call: NodeJS.EventEmitter, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onDrain = () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    };
    const onAbort = () => {
      call.off('drain', onDrain);
      reject(signal.reason);
    };
    if (signal.aborted) return reject(signal.reason);
    call.once('drain', onDrain);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

function authorize(metadata: Metadata, token: string | undefined): void {
  if (!token) throw new RuntimeError('unavailable', 'the server has not been given its token yet');
  const given = String(metadata.get('authorization')[0] ?? '');
  // Equal lengths for timingSafeEqual without telling the token's own.
  const digest = (text: string) => createHash('sha256').update(text).digest();
  if (!timingSafeEqual(digest(given), digest(`Bearer ${token}`))) {
    throw new RuntimeError('unauthenticated', 'the bearer token is missing or wrong');
  }
}
