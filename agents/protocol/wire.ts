import {
  type AttachEvent,
  type ExecuteRequest,
  type ExecutionStatus,
  type Health,
  STATES,
  STREAMS,
} from './messages.ts';

/** A status as proto-loader reads it: enums are numbers, every field is there. */
export interface WireStatus extends Omit<ExecutionStatus, 'state'> {
  readonly state: number;
}

/** An Attach request on the wire. */
export interface WireAttachRequest {
  readonly id: string;
  readonly stdoutOffset: number;
  readonly stderrOffset: number;
}

/** An Attach event on the wire: one of the three is set. */
export interface WireAttachEvent {
  readonly chunk?: { readonly stream: number; readonly offset: number; readonly data: Uint8Array } | null;
  readonly truncated?: { readonly stream: number; readonly offset: number; readonly dropped: number } | null;
  readonly final?: WireStatus | null;
}

/** An id alone: Status, Cancel and Forget take it, Execute gives it back. */
export interface WireId {
  readonly id: string;
}

/** Request and response of each call. */
export interface WireMethods {
  Execute: [ExecuteRequest, WireId];
  Status: [WireId, WireStatus];
  List: [object, { readonly entries: readonly WireStatus[] }];
  Cancel: [WireId, object];
  Forget: [WireId, object];
  Health: [object, Health];
  Attach: [WireAttachRequest, WireAttachEvent];
}

/** A status for the wire. */
export function statusToWire(status: ExecutionStatus): WireStatus {
  return { ...status, state: STATES.indexOf(status.state) };
}

/** A status from the wire; a state number that we don't know is `unspecified`. */
export function statusFromWire(wire: WireStatus): ExecutionStatus {
  return { ...wire, state: STATES[wire.state] ?? 'unspecified' };
}

/** An Attach event for the wire. */
export function eventToWire(event: AttachEvent): WireAttachEvent {
  switch (event.type) {
    case 'chunk':
      return { chunk: { stream: STREAMS.indexOf(event.stream) + 1, offset: event.offset, data: event.data } };
    case 'truncated':
      return { truncated: { stream: STREAMS.indexOf(event.stream) + 1, offset: event.offset, dropped: event.dropped } };
    case 'final':
      return { final: statusToWire(event.status) };
  }
}

/** An Attach event from the wire, undefined for one of a kind that a newer server may send. */
export function eventFromWire({ chunk, truncated, final }: WireAttachEvent): AttachEvent | undefined {
  if (final) return { type: 'final', status: statusFromWire(final) };
  const stream = STREAMS[((chunk ?? truncated)?.stream ?? 0) - 1];
  if (!stream) return undefined;
  if (chunk) return { type: 'chunk', stream, offset: chunk.offset, data: chunk.data };
  if (truncated) return { type: 'truncated', stream, offset: truncated.offset, dropped: truncated.dropped };
  return undefined;
}
