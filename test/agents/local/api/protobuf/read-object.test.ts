import { expect } from 'chai';
import descriptors from '../../../../../agents/local/api/protobuf/descriptors.json' with { type: 'json' };
import { type Descriptors, messageName } from '../../../../../agents/local/api/protobuf/messages.ts';
import { ProtobufError, readProtobuf } from '../../../../../agents/local/api/protobuf/read-object.ts';
import { refName, resolveSchema } from '../../../../../agents/local/api/schema/json-schema.ts';
import { StatusError } from '../../../../../agents/local/api/status-error.ts';
import { BUILTIN_SCHEMAS, builtinSchema } from '../../../../../agents/local/api/types/builtin-schemas.ts';
import { builtinTypes } from '../../../../../agents/local/api/types/builtin-types.ts';
// bytes that kubectl 1.32 sent, or Go's client library wrote, each with the JSON that Go makes of them (without nulls)
import samples from './samples.json' with { type: 'json' };

const MESSAGES: Descriptors = descriptors;
const bytesOf = (typeMeta: string, raw: string) => {
  const field = (tag: number, value: Buffer) => Buffer.concat([Buffer.from([tag, value.length]), value]);
  const [apiVersion = '', kind = ''] = typeMeta.split(' ');
  const meta = Buffer.concat([field(10, Buffer.from(apiVersion)), field(18, Buffer.from(kind))]);
  return Buffer.concat([Buffer.from('k8s\0'), field(10, meta), field(18, Buffer.from(raw, 'hex'))]);
};

describe('readProtobuf', () => {
  for (const { title, base64, json } of samples) {
    it(`reads ${title}`, () => {
      expect(readProtobuf(Buffer.from(base64, 'base64'))).to.deep.equal(json);
    });
  }

  it('skips fields that it does not know', () => {
    // metadata { name: "a" }, and number 100 as a text
    expect(readProtobuf(bytesOf('v1 Namespace', '0a030a0161a2060162'))).to.deep.equal({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'a' },
    });
  });

  for (const [title, bytes, message] of [
    ['no bytes', Buffer.alloc(0), 'empty data'],
    [
      'JSON',
      Buffer.from('{"kind":"Namespace"}'),
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    ],
    ['an envelope cut short', Buffer.from('k8s\0\x0a\x20v1'), /^proto: Unknown: /],
    ['an object cut short', bytesOf('v1 Namespace', '0a7f'), /^proto: Namespace: /],
    // metadata.creationTimestamp { seconds: 2^62 }
    ['a time out of range', bytesOf('v1 Namespace', '0a0c420a08808080808080808040'), /Invalid time value/],
  ] as const) {
    it(`refuses ${title}`, () => {
      expect(() => readProtobuf(bytes)).to.throw(ProtobufError, message);
    });
  }

  for (const typeMeta of [
    'apiextensions.k8s.io/v1 CustomResourceDefinition',
    'kruntimes.io/v1alpha1 Run',
    'v1 constructor',
    '',
  ]) {
    it(`takes no ${typeMeta || 'nameless kind'} in protobuf`, () => {
      expect(() => readProtobuf(bytesOf(typeMeta, '')))
        .to.throw(StatusError)
        .with.nested.property('body.code', 415);
    });
  }
});

describe('descriptors', () => {
  const types = builtinTypes().filter(({ group }) => group !== 'apiextensions.k8s.io');

  it('are there for every built-in type that is no schema itself', () => {
    const names = types.map(messageName);
    expect(names.filter(name => !MESSAGES[name])).to.deep.equal([]);
  });

  it('name fields as the schemas do', () => {
    const seen = new Set<string>();
    const strange: string[] = [];
    const visit = (message: string, schemaName: string) => {
      if (seen.has(message)) return;
      seen.add(message);
      const { properties = {} } = resolveSchema(builtinSchema(schemaName), BUILTIN_SCHEMAS);
      for (const [name, { type, options }] of fieldsOf(message)) {
        const property = properties[name];
        if (!property) strange.push(`${message}.${name}`);
        const of = property?.items ?? property?.additionalProperties ?? property;
        const ref = typeof of === 'object' ? of.$ref : undefined;
        if (ref && MESSAGES[type] && BUILTIN_SCHEMAS[refName(ref)]?.properties && !options?.inline)
          visit(type, refName(ref));
      }
    };
    for (const type of types) visit(messageName(type), refName(type.schema.$ref!));
    expect(strange).to.deep.equal([]);
    expect(seen.size).to.be.greaterThan(150);
  });
});

/** The fields of a message, with those of inlined ones in their place. */
function fieldsOf(message: string): [string, Descriptors[string][string]][] {
  return Object.entries(MESSAGES[message]!).flatMap(([name, field]) =>
    field.options?.inline ? fieldsOf(field.type) : [[name, field]],
  );
}
