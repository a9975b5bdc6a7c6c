// Writes the descriptors of the built-in types' protobuf form from Kubernetes' own sources, in the version that the
// cluster tests pin: npm run descriptors. Needs Go, which fetches them.
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import protobuf from 'protobufjs';
import { type Descriptors, MESSAGES, messageName } from '../agents/local/api/protobuf/messages.ts';
import { builtinTypes } from '../agents/local/api/types/builtin-types.ts';

const root = join(import.meta.dirname, '..');
const output = join(root, 'agents/local/api/protobuf/descriptors.json');
const modules = ['k8s.io/api', 'k8s.io/apimachinery'].map(name => [name, moduleFolder(name)] as const);

// CustomResourceDefinitions hold schemas, which are JSON inside of protobuf; nobody sends them so
const names = builtinTypes()
  .filter(({ group }) => group !== 'apiextensions.k8s.io')
  .map(messageName)
  .concat(Object.values(MESSAGES));
const source = new protobuf.Root();
source.resolvePath = (_origin, target) => fileOf(target);
await source.load([...new Set(names.map(protoPath))]);
source.resolveAll();
const kept: Descriptors = {};
for (const name of names) keep(source.lookupType(name));
writeFileSync(output, JSON.stringify(kept));
execFileSync(join(root, 'node_modules/.bin/biome'), ['format', '--write', output], { cwd: root, stdio: 'inherit' });

function moduleFolder(name: string): string {
  const cwd = join(root, 'test/cluster/kubernetes');
  return JSON.parse(execFileSync('go', ['mod', 'download', '-json', name], { cwd, encoding: 'utf8' })).Dir;
}

/** `k8s.io.api.core.v1.Pod` is described in `k8s.io/api/core/v1/generated.proto`. */
function protoPath(message: string): string {
  const [, , ...path] = message.split('.').slice(0, -1);
  return `k8s.io/${path.join('/')}/generated.proto`;
}

function fileOf(path: string): string {
  const [name, folder] = modules.find(([name]) => path.startsWith(`${name}/`))!;
  return join(folder, path.slice(name.length));
}

/** Describes a message and all that it holds; fields take the names that they have in JSON. */
function keep(type: protobuf.Type): void {
  const name = nameOf(type);
  if (kept[name]) return;
  kept[name] = {};
  const struct = readStruct(dirname(fileOf(protoPath(name))), type.name);
  for (const field of type.fieldsArray) {
    if (field.name === 'managedFields') continue; // dropped whoever sends them
    const { resolvedType } = field;
    const { json = field.name, zero = true } = struct.get(field.id) ?? {};
    const isScalar = !resolvedType && !field.repeated && !field.map;
    kept[name][json || field.name] = {
      ...field.toJSON(),
      ...(resolvedType && { type: nameOf(resolvedType) }),
      ...(json === '' ? { options: { inline: true } } : isScalar && zero && { options: { zero: true } }),
    };
    if (resolvedType instanceof protobuf.Type) keep(resolvedType);
  }
}

function nameOf(type: protobuf.ReflectionObject): string {
  return type.fullName.slice(1);
}

/** For each field of a Go struct, by its number: its name in JSON, empty for what is inlined, and if zeros are written. */
function readStruct(folder: string, name: string): Map<number, { json: string; zero: boolean }> {
  const [, body = ''] = new RegExp(`^type ${name} struct \\{\\n(.*?)^\\}`, 'ms').exec(readSources(folder)) ?? [];
  const fields = [...body.matchAll(/^\t(?:(\w+) +)?(\S+) +`.*?\bjson:"([^"]*)".*?\bprotobuf:"\w+,(\d+),/gm)];
  return new Map(
    fields.map(([, goName = '', type = '', tag = '', id]) => {
      const [json = '', ...flags] = tag.replace(/^-$/, goName.toLowerCase()).split(',');
      return [Number(id), { json, zero: type.startsWith('*') || !flags.includes('omitempty') }];
    }),
  );
}

/** The package's types, as people wrote them. */
function readSources(folder: string): string {
  const files = globSync('*.go', { cwd: folder, exclude: name => /generated|_test\.go$/.test(name) });
  return files.map(file => readFileSync(join(folder, file), 'utf8')).join('\n');
}
