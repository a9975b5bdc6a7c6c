import { fileURLToPath } from 'node:url';
import type { ChannelOptions } from '@grpc/grpc-js';
import { loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

/** The largest message either side takes, in bytes: 256 args of 8 KiB with a full environment pass four times over. */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/** Channel options that both sides share. */
export const MESSAGE_LIMITS: ChannelOptions = {
  'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
};

let loaded: ServiceClientConstructor | undefined;

/** The client class of `executor.v1.Runtime`, its `service` the definition for servers; read from the .proto once. */
export function runtimeService(): ServiceClientConstructor {
  loaded ??= load();
  return loaded;
}

function load(): ServiceClientConstructor {
  // Beside this file in the sources, beside the bundle in dist: the same relative path serves both.
  const definition = loadSync(fileURLToPath(new URL('./executor.proto', import.meta.url)), {
    longs: Number,
    enums: Number,
    defaults: true,
    oneofs: true,
  });
  const root = loadPackageDefinition(definition) as unknown as {
    executor: { v1: { Runtime: ServiceClientConstructor } };
  };
  return root.executor.v1.Runtime;
}
