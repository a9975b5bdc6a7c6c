import { type CallOptions, type Client, type ClientReadableStream, credentials, Metadata } from '@grpc/grpc-js';
import { fromServiceError } from './errors.ts';
import type { AttachEvent, ExecuteRequest, ExecutionStatus, Health, Offsets } from './messages.ts';
import { MESSAGE_LIMITS, runtimeService } from './service.ts';
import { eventFromWire, statusFromWire, type WireAttachEvent, type WireMethods } from './wire.ts';

/** The calls of a Runtime Server as promises; every failure is a RuntimeError. */
export interface RuntimeClient {
  /** Starts one execution and gives its id back; a repeat of an id starts nothing. */
  execute(request: ExecuteRequest): Promise<string>;
  /** State of one execution with the bounded beginning of its output; `notFound` for an unknown id. */
  status(id: string): Promise<ExecutionStatus>;
  /** Every execution that the server keeps, without output. */
  list(): Promise<ExecutionStatus[]>;
  /** Asks the execution to end; returns before it has. */
  cancel(id: string): Promise<void>;
  /** Drops what the server keeps; kills it first if it runs. An unknown id is fine. */
  forget(id: string): Promise<void>;
  health(): Promise<Health>;
  /** Output from the offsets on and the final state last; throws `unavailable` when the server goes away midway. */
  attach(id: string, offsets: Offsets, signal: AbortSignal): AsyncIterable<AttachEvent>;
  /** Closes the channel; calls under way fail. */
  close(): void;
}

/** Where and how to call. */
export interface ConnectOptions {
  /** `127.0.0.1:19091` or `unix:/path`. */
  readonly address: string;
  /** The bearer token at the time of each call; undefined or empty sends none. */
  readonly token: () => string | undefined;
  /** Milliseconds since the Unix epoch, for deadlines. */
  readonly clock: { now(): number };
  /** Milliseconds that a call but Attach may take; default 10,000. */
  readonly deadlineMs?: number;
}

// The server is on this machine: a lost connection means a restart, so look again after 50 ms, and never later than
// 250 ms, where gRPC's defaults for networks would wait up to two minutes. No proxy stands between, and no keep-alive pings go
// out: a loopback connection can't be half open, and servers in Go hang up on callers who ping often.
const LOOPBACK_CHANNEL = {
  ...MESSAGE_LIMITS,
  'grpc.initial_reconnect_backoff_ms': 50,
  'grpc.max_reconnect_backoff_ms': 250,
  'grpc.enable_http_proxy': 0,
  'grpc.service_config_disable_resolution': 1,
};

/** A client of the Runtime Server at `address`; connects on the first call and again by itself after a restart. */
export function connectRuntime(options: ConnectOptions): RuntimeClient {
  const Service = runtimeService();
  const client = new Service(options.address, credentials.createInsecure(), LOOPBACK_CHANNEL);
  const call = <M extends Exclude<keyof WireMethods, 'Attach'>>(method: M, request: WireMethods[M][0]) =>
    unary<WireMethods[M][1]>(client, method, request, metadata(options.token), {
      deadline: options.clock.now() + (options.deadlineMs ?? 10_000),
    });
  return {
    execute: async request => (await call('Execute', request)).id,
    status: async id => statusFromWire(await call('Status', { id })),
    list: async () => (await call('List', {})).entries.map(statusFromWire),
    cancel: async id => void (await call('Cancel', { id })),
    forget: async id => void (await call('Forget', { id })),
    health: () => call('Health', {}),
    attach: (id, offsets, signal) => attach(client, id, offsets, metadata(options.token), signal),
    close: () => client.close(),
  };
}

function metadata(token: () => string | undefined): Metadata {
  const made = new Metadata();
  const value = token();
  if (value) made.set('authorization', `Bearer ${value}`);
  return made;
}

type UnaryCall<R> = (
  request: unknown,
  metadata: Metadata,
  options: CallOptions,
  done: (error: Error | null, response?: R) => void,
) => void;

function unary<R>(client: Client, method: string, request: unknown, meta: Metadata, options: CallOptions): Promise<R> {
  return new Promise((resolve, reject) => {
    const call = (client as unknown as Record<string, UnaryCall<R>>)[method]!;
    call.call(client, request, meta, options, (error, response) =>
      error ? reject(fromServiceError(error)) : resolve(response as R),
    );
  });
}

type StreamCall = (request: unknown, metadata: Metadata) => ClientReadableStream<WireAttachEvent>;

async function* attach(
  client: Client,
  id: string,
  offsets: Offsets,
  meta: Metadata,
  signal: AbortSignal,
): AsyncGenerator<AttachEvent> {
  signal.throwIfAborted();
  const start = (client as unknown as Record<string, StreamCall>)['Attach']!;
  const call = start.call(client, { id, stdoutOffset: offsets.stdout, stderrOffset: offsets.stderr }, meta);
  const onAbort = () => call.cancel();
  signal.addEventListener('abort', onAbort, { once: true });
  // The iterator below reports the failure; a cancelled call emits one more that nobody waits for.
  call.on('error', () => {});
  try {
    for await (const wire of call as AsyncIterable<WireAttachEvent>) {
      const event = eventFromWire(wire);
      if (event) yield event;
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : fromServiceError(error);
  } finally {
    signal.removeEventListener('abort', onAbort);
    call.cancel();
  }
}
