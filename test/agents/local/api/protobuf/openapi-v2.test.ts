import { expect } from 'chai';
import protobuf from 'protobufjs';
import { openapiV2Answer } from '../../../../../agents/local/api/protobuf/openapi-v2.ts';
import { builtinTypes } from '../../../../../agents/local/api/types/builtin-types.ts';
import { customTypes } from '../../../../../agents/local/api/types/custom-type.ts';
import { Registry } from '../../../../../agents/local/api/types/registry.ts';
import { readCrds } from '../crds.ts';

const registry = new Registry([...builtinTypes(), ...readCrds().flatMap(customTypes)]);
const KUBECTL = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
const json = JSON.parse(String(openapiV2Answer(registry).body));

// of gnostic's own OpenAPIv2.proto, what kubectl reads to learn if a server checks fields
const READ_BY_KUBECTL = `
  syntax = "proto3";
  message Document { string swagger = 1; Paths paths = 8; }
  message Paths { repeated NamedPathItem path = 2; }
  message NamedPathItem { string name = 1; PathItem value = 2; }
  message PathItem { Operation patch = 8; }
  message Operation { repeated string consumes = 7; repeated ParametersItem parameters = 8; repeated NamedAny vendor_extension = 13; }
  message ParametersItem { Parameter parameter = 1; }
  message Parameter { NonBodyParameter non_body_parameter = 2; }
  message NonBodyParameter { QueryParameterSubSchema query_parameter_sub_schema = 3; }
  message QueryParameterSubSchema { string in = 2; string name = 4; string type = 6; bool unique_items = 20; }
  message NamedAny { string name = 1; Any value = 2; }
  message Any { string yaml = 2; }
`;

interface Patch {
  consumes: string[];
  parameters: { parameter: { nonBodyParameter?: { queryParameterSubSchema: { name: string } } } }[];
  vendorExtension: { name: string; value: { yaml: string } }[];
}

function asKubectlReads(bytes: Buffer): { swagger: string; patches: Map<string, Patch> } {
  const type = protobuf.parse(READ_BY_KUBECTL).root.lookupType('Document');
  const { swagger, paths } = type.toObject(type.decode(bytes)) as {
    swagger: string;
    paths: { path: { name: string; value: { patch?: Patch } }[] };
  };
  const patches = paths.path.flatMap(({ name, value }) => (value.patch ? [[name, value.patch] as const] : []));
  return { swagger, patches: new Map(patches) };
}

describe('the OpenAPI v2 document', () => {
  it('tells the paths of every type with the verbs that it has', () => {
    const verbs = (path: string) => Object.keys(json.paths[path] ?? {}).filter(name => name !== 'parameters');
    expect(verbs('/api/v1/namespaces')).to.deep.equal(['get', 'post']);
    expect(verbs('/api/v1/namespaces/{name}')).to.deep.equal(['get', 'put', 'patch', 'delete']);
    expect(verbs('/apis/kruntimes.io/v1alpha1/namespaces/{namespace}/runs')).to.deep.equal(['get', 'post', 'delete']);
    expect(verbs('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews')).to.deep.equal(['post']);
    expect(json.paths).to.not.have.property('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews/{name}');
  });

  it('is JSON for who does not ask for protobuf', () => {
    for (const accept of [undefined, '*/*', 'application/json']) {
      expect(openapiV2Answer(registry, accept).type).to.equal('application/json');
    }
    expect(json).to.deep.include({ swagger: '2.0', info: { title: 'Kubernetes', version: 'v1.37.2' } });
  });

  for (const accept of [KUBECTL, KUBECTL.replace('@', '.'), `${KUBECTL}, application/json`]) {
    it(`is protobuf for ${accept}`, () => {
      const { type, body } = openapiV2Answer(registry, accept);
      expect(type).to.equal('application/com.github.proto-openapi.spec.v2.v1.0+protobuf');
      expect(asKubectlReads(body as Buffer).swagger).to.equal('2.0');
    });
  }

  it('tells kubectl that patches take fieldValidation, of each kind', () => {
    const { patches } = asKubectlReads(openapiV2Answer(registry, KUBECTL).body as Buffer);
    const written = registry.all().filter(({ verbs }) => verbs.includes('patch'));
    expect(patches.size).to.equal(written.length);
    const kinds = [...patches.values()].map(({ parameters, vendorExtension }) => {
      const names = parameters.map(({ parameter }) => parameter.nonBodyParameter?.queryParameterSubSchema.name);
      expect(names).to.deep.equal([undefined, 'dryRun', 'fieldManager', 'fieldValidation']);
      return JSON.parse(vendorExtension.find(({ name }) => name === 'x-kubernetes-group-version-kind')!.value.yaml);
    });
    expect(kinds).to.deep.equal(written.map(({ group, version, kind }) => ({ group, version, kind })));
  });

  it('tells which patches there are', () => {
    const { patches } = asKubectlReads(openapiV2Answer(registry, KUBECTL).body as Buffer);
    const types = (path: string) => patches.get(path)!.consumes.map(type => type.slice('application/'.length));
    const both = ['json-patch+json', 'merge-patch+json'];
    expect(types('/apis/kruntimes.io/v1alpha1/namespaces/{namespace}/runs/{name}')).to.deep.equal(both);
    expect(types('/api/v1/namespaces/{name}')).to.deep.equal([...both, 'strategic-merge-patch+json']);
  });
});
