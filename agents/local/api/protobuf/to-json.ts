import type protobuf from 'protobufjs/light.js';
import { type JsonObject, timestamp } from '../object.ts';

/** A decoded message. Numbers of 64 bits are objects in it where protobufjs finds the library for them. */
type Message = Readonly<Record<string, unknown>>;

/** What a message holds, as Go writes its struct in JSON: inlined structs in their place, no empty field that may miss. */
export function toJson(type: protobuf.Type, message: Message): JsonObject {
  const object: JsonObject = {};
  for (const field of type.fieldsArray) {
    if (!isPresent(field, message)) continue;
    const value = fieldValue(field, message[field.name]);
    if (field.options?.['inline']) Object.assign(object, value);
    else if (value !== undefined) object[field.name] = value;
  }
  return object;
}

/** What was not on the wire is a default of the prototype, and an empty list or map was not; zeros are told or not. */
function isPresent({ name, map, repeated, resolvedType, options }: protobuf.Field, message: Message): boolean {
  if (!Object.hasOwn(message, name)) return false;
  const value = message[name];
  if (map || repeated) return Object.keys(value as object).length > 0;
  if (resolvedType || options?.['zero']) return true;
  if (value instanceof Uint8Array) return value.length > 0;
  return typeof value === 'object' ? Number(value) !== 0 : Boolean(value);
}

function fieldValue(field: protobuf.Field, value: unknown): unknown {
  if (field.map)
    return Object.fromEntries(Object.entries(value as object).map(([key, item]) => [key, single(field, item)]));
  return field.repeated ? (value as unknown[]).map(item => single(field, item)) : single(field, value);
}

function single({ type, resolvedType }: protobuf.Field, value: unknown): unknown {
  if (resolvedType) {
    const own = OWN_FORMS[resolvedType.name];
    return own ? own(value as Message) : toJson(resolvedType as protobuf.Type, value as Message);
  }
  if (type === 'bytes') return Buffer.from(value as Uint8Array).toString('base64');
  return type === 'int64' ? Number(value) : value;
}

/** Messages whose JSON is no object; undefined stands for null. */
const OWN_FORMS: Record<string, (message: Message) => unknown> = {
  Time: message => instant(message, 0),
  MicroTime: message => instant(message, 6),
  Quantity: ({ string }) => string,
  IntOrString: ({ type, intVal, strVal }) => (Number(type) === 0 ? intVal : strVal),
  ExtraValue: ({ items }) => items,
};

/** A moment with so many digits after the second. A message without fields is Go's zero time: null in JSON. */
function instant(message: Message, digits: number): string | undefined {
  if (!Object.hasOwn(message, 'seconds')) return undefined;
  const text = timestamp(Number(message['seconds']) * 1000);
  if (digits === 0) return text;
  return `${text.slice(0, -1)}.${String(message['nanos']).padStart(9, '0').slice(0, digits)}Z`;
}
