import protobuf from 'protobufjs/light.js';
import type { JsonObject } from '../object.ts';
import { unsupportedMediaType } from '../status-error.ts';
import descriptors from './descriptors.json' with { type: 'json' };
import { MESSAGES, messageName } from './messages.ts';
import { toJson } from './to-json.ts';

/** The media type of objects in protobuf, as clients made with Go's client library send them. */
export const PROTOBUF = 'application/vnd.kubernetes.protobuf';

/** Begins every object, so that nobody takes it for something else. */
const MAGIC = Buffer.from('k8s\0');

/** A body that can't be read; the message says why. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
}

/** Reads an object in protobuf into its JSON form. Throws a ProtobufError, and a 415 on kinds that come only in JSON. */
export function readProtobuf(bytes: Buffer): JsonObject {
  if (bytes.length === 0) throw new ProtobufError('empty data');
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    const expected = `expected prefix [${MAGIC.join(' ')}]`;
    throw new ProtobufError(`provided data does not appear to be a protobuf message, ${expected}`);
  }
  const { typeMeta, raw } = decode(messageType(MESSAGES.unknown)!, bytes.subarray(MAGIC.length)) as Unknown;
  const { apiVersion = '', kind = '' } = typeMeta ?? {};
  const type = messageType(messageName({ ...parseVersion(apiVersion), kind }));
  if (!type) throw unsupportedMediaType(['application/json', 'application/yaml']);
  return { kind, apiVersion, ...asJson(type, decode(type, raw ?? new Uint8Array())) };
}

/** runtime.Unknown: what the object is, and its bytes. */
interface Unknown {
  readonly typeMeta?: { readonly apiVersion?: string; readonly kind?: string };
  readonly raw?: Uint8Array;
}

function parseVersion(apiVersion: string): { group: string; version: string } {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  return { group, version };
}

let types: protobuf.Root | undefined;

/** The type of a message, undefined where it is not described. They are made at the first use: few clients need them. */
function messageType(name: string): protobuf.Type | undefined {
  if (!Object.hasOwn(descriptors, name)) return undefined;
  types ??= makeTypes();
  return types.lookupType(name);
}

function makeTypes(): protobuf.Root {
  const root = new protobuf.Root();
  for (const [name, fields] of Object.entries(descriptors)) {
    const dot = name.lastIndexOf('.');
    root.define(name.slice(0, dot)).add(protobuf.Type.fromJSON(name.slice(dot + 1), { fields }));
  }
  root.resolveAll();
  return root;
}

function decode(type: protobuf.Type, bytes: Uint8Array): object {
  try {
    return type.decode(bytes);
  } catch (error) {
    // whatever the decoder stumbles over, it is in the bytes
    throw new ProtobufError(`proto: ${type.name}: ${(error as Error).message}`, { cause: error });
  }
}

function asJson(type: protobuf.Type, message: object): JsonObject {
  try {
    return toJson(type, message as Record<string, unknown>);
  } catch (error) {
    // a time out of range
    if (error instanceof RangeError) throw new ProtobufError(`proto: ${type.name}: ${error.message}`, { cause: error });
    throw error;
  }
}
