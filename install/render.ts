// Renders what is made from the manifests: npm run render. A test fails when a file is not as this would write it.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { parseAllDocuments, stringify } from 'yaml';
import type { Role } from '../crds/client/resources.ts';
import type { KubeObject } from '../crds/v1alpha1/meta.ts';

const root = join(import.meta.dirname, '..');
const CRDS = ['kruntimes.io_runs.yaml', 'kruntimes.io_runtimes.yaml'];

/** Every rendered file, by its path from the project's root. Needs kubectl, whose kustomize it uses. */
export async function render(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const crd of CRDS) files.set(`install/cluster/crds/${crd}`, await read(`crds/${crd}`));
  // what follows is rendered from these copies
  await write(files);
  files.set('install/install.yaml', await manifest('install/overlays/cluster-wide'));
  files.set('install/install-namespaced.yaml', await manifest('install/overlays/namespaced'));
  for (const [path, objects] of chartFiles(await kustomize('install/cluster'), await kustomize('install/base'))) {
    files.set(`install/helm/krt/files/${path}`, objects);
  }
  return files;
}

/** Writes rendered files where they differ. */
export async function write(files: ReadonlyMap<string, string>): Promise<void> {
  for (const [path, text] of files) {
    if ((await read(path).catch(() => undefined)) === text) continue; // not there yet: it is written
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

/** What the Helm chart takes over as it is: the cluster's objects, and the rules of the agents. */
function chartFiles(cluster: readonly KubeObject[], base: readonly KubeObject[]): [path: string, text: string][] {
  const ofKind = (objects: readonly KubeObject[], pattern: RegExp) =>
    objects.filter(({ kind = '' }) => pattern.test(kind));
  const roles = ofKind(base, /Role$/) as Role[];
  return [
    ...ofKind(cluster, /^CustomResourceDefinition$/).map((crd): [string, string] => [
      `crds/${crd.metadata.name}.yaml`,
      yamlOf([crd]),
    ]),
    ['admission-policy.yaml', yamlOf(ofKind(cluster, /^ValidatingAdmissionPolicy/))],
    ['people-roles.yaml', yamlOf(ofKind(cluster, /^ClusterRole$/))],
    ['rules.yaml', stringify(Object.fromEntries(roles.map(({ metadata, rules }) => [metadata.name, rules])))],
  ];
}

async function manifest(folder: string): Promise<string> {
  return `# Rendered from ${folder} by npm run render.\n${yamlOf(await kustomize(folder))}`;
}

async function kustomize(folder: string): Promise<KubeObject[]> {
  const { stdout } = await execa('kubectl', ['kustomize', join(root, folder)]);
  return parseAllDocuments(stdout).map(document => document.toJS() as KubeObject);
}

// without aliases and folded lines: for readers of any kind, and the same whatever kubectl printed it
function yamlOf(objects: readonly KubeObject[]): string {
  return objects.map(object => stringify(object, { aliasDuplicateObjects: false, lineWidth: 0 })).join('---\n');
}

function read(path: string): Promise<string> {
  return readFile(join(root, path), 'utf8');
}

if (import.meta.main) await write(await render());
