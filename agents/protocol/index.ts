export { type ConnectOptions, connectRuntime, type RuntimeClient } from './client.ts';
export { isRuntimeError, RUNTIME_ERROR_CODES, RuntimeError, type RuntimeErrorCode } from './errors.ts';
export {
  type AttachEvent,
  type ExecuteRequest,
  type ExecutionStatus,
  emptyStatus,
  type Health,
  hasEnded,
  type Offsets,
  STATES,
  STREAMS,
  type State,
  type StreamName,
} from './messages.ts';
export { type RuntimeHandlers, type ServedRuntime, type ServeOptions, serveRuntime } from './server.ts';
