import { expect } from 'chai';
import { openapiDocument, openapiIndex } from '../../../../../agents/local/api/openapi.ts';
import { builtinTypes } from '../../../../../agents/local/api/types/builtin-types.ts';
import { Registry } from '../../../../../agents/local/api/types/registry.ts';
import { makeObject } from '../harness.ts';

const registry = new Registry(builtinTypes());
const find = (plural: string) => builtinTypes().find(type => type.plural === plural)!;

/** What reading makes of `fields`, and the paths that are unknown. */
function read(plural: string, fields: object) {
  const object = makeObject(find(plural).kind, 'a', fields);
  const unknown = find(plural).decode(object);
  const { apiVersion: _v, kind: _k, metadata: _m, ...rest } = object;
  return { rest, unknown };
}

describe('built-in types', () => {
  for (const [title, plural, fields, expected, unknown] of [
    [
      'leaves out nulls and what is empty',
      'configmaps',
      { data: {}, binaryData: null, immutable: false },
      { immutable: false },
      [],
    ],
    [
      'keeps empty structs',
      'pods',
      { spec: { volumes: [{ name: 'v', emptyDir: {} }], containers: [], tolerations: [] } },
      { spec: { volumes: [{ name: 'v', emptyDir: {} }], containers: [] } },
      [],
    ],
    ['takes null in a map of texts for the empty one', 'configmaps', { data: { a: null } }, { data: { a: '' } }, []],
    [
      'takes null in a list of texts for the empty one',
      'pods',
      { spec: { containers: [{ name: 'c', args: ['a', null] }] } },
      { spec: { containers: [{ name: 'c', args: ['a', ''] }] } },
      [],
    ],
    [
      'drops what it does not know, outer fields first',
      'pods',
      { zz: 1, spec: { containers: [{ name: 'c', imagee: 'x', env: [{ name: 'A', valu: 1 }] }], nope: {} } },
      { spec: { containers: [{ name: 'c', env: [{ name: 'A' }] }] } },
      ['zz', 'spec.nope', 'spec.containers[0].imagee', 'spec.containers[0].env[0].valu'],
    ],
    [
      'writes quantities its own way',
      'pods',
      { spec: { containers: [{ name: 'c', resources: { limits: { cpu: 0.5, memory: '1024Mi' } } }] } },
      { spec: { containers: [{ name: 'c', resources: { limits: { cpu: '500m', memory: '1Gi' } } }] } },
      [],
    ],
    [
      'takes ports by number or name',
      'pods',
      {
        spec: {
          containers: [
            { name: 'c', livenessProbe: { httpGet: { port: 80 } }, readinessProbe: { httpGet: { port: 'http' } } },
          ],
        },
      },
      {
        spec: {
          containers: [
            { name: 'c', livenessProbe: { httpGet: { port: 80 } }, readinessProbe: { httpGet: { port: 'http' } } },
          ],
        },
      },
      [],
    ],
    ['knows __proto__ for no field', 'configmaps', JSON.parse('{"__proto__":{"a":1}}'), {}, ['__proto__']],
  ] as const) {
    it(`reading ${title}`, () => {
      const found = read(plural, fields);
      expect(found.rest).to.deep.equal(expected);
      expect(found.unknown).to.deep.equal(unknown);
    });
  }

  for (const [plural, fields, message] of [
    [
      'configmaps',
      { data: { a: 1 } },
      'json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
    ],
    [
      'configmaps',
      { data: [] },
      'json: cannot unmarshal array into Go struct field ConfigMap.data of type map[string]string',
    ],
    ['configmaps', { binaryData: { a: '%%' } }, 'illegal base64 data at input byte 0'],
    ['pods', { spec: 'x' }, 'json: cannot unmarshal string into Go struct field Pod.spec of type v1.PodSpec'],
    [
      'pods',
      { spec: { containers: {} } },
      'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container',
    ],
    [
      'pods',
      { spec: { containers: [{ ports: [{ containerPort: 1.5 }] }] } },
      'json: cannot unmarshal number into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32',
    ],
    [
      'pods',
      { spec: { hostNetwork: 'yes' } },
      'json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool',
    ],
    [
      'pods',
      { spec: { containers: [{ resources: { limits: { cpu: 'abc' } } }] } },
      'quantities must match the regular expression',
    ],
    ['leases', { spec: { renewTime: 'x' } }, 'parsing time "x"'],
  ] as const) {
    it(`can not read ${JSON.stringify(fields)}`, () => {
      expect(() => read(plural, fields)).to.throw(message);
    });
  }

  it('are told in OpenAPI with everything that they refer to', () => {
    const { paths } = openapiIndex(registry) as { paths: Record<string, { serverRelativeURL: string }> };
    expect(Object.keys(paths)).to.include.members(['api/v1', 'apis/apps/v1']);
    for (const path of Object.keys(paths)) {
      const parts = path.split('/');
      const [group, version] = parts[0] === 'api' ? ['', parts[1]!] : [parts[1]!, parts[2]!];
      const document = openapiDocument(registry, group, version) as {
        components: { schemas: Record<string, unknown> };
      };
      const { schemas } = document.components;
      const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(
        match => match[1]!,
      );
      expect(
        references.filter(name => !schemas[name]),
        path,
      ).to.deep.equal([]);
    }
    expect(openapiDocument(registry, 'no.such', 'v1')).to.equal(undefined);
  });
});
