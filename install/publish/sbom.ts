import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Target } from './targets.ts';

interface Bom {
  serialNumber?: string;
  metadata: { timestamp?: string; component: { name: string; [field: string]: unknown }; [field: string]: unknown };
  components: { 'bom-ref': string; properties?: { name: string }[]; [field: string]: unknown }[];
  dependencies: { ref: string; dependsOn: string[] }[];
  [field: string]: unknown;
}

/** What krt is made of, as CycloneDX: what npm knows of the packages that are in its bundles, and the Node in the binaries. */
export async function sbom(root: string, targets: readonly Target[]): Promise<string> {
  const args = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'];
  const { stdout } = await execa('npm', args, { cwd: root });
  const bundled = JSON.parse(await readFile(join(root, 'dist', 'bundled.json'), 'utf8')) as string[];
  const bom = onlyParts(JSON.parse(stdout) as Bom, new Set(bundled));
  return `${JSON.stringify(complete(bom, targets), undefined, 2)}\n`;
}

/** Leaves out what builds and tests krt, and with it npm's mark of what is needed for that alone. */
function onlyParts(bom: Bom, bundled: ReadonlySet<string>): Bom {
  const components = bom.components.filter(part => bundled.has(part['bom-ref']));
  const missing = [...bundled].filter(ref => !components.some(part => part['bom-ref'] === ref));
  if (missing.length > 0) throw new Error(`npm does not know what is in the bundles: ${missing.join(', ')}`);
  const root = bom.metadata.component['bom-ref'] as string;
  return {
    ...bom,
    components: components.map(({ properties = [], ...part }) => ({
      ...part,
      properties: properties.filter(({ name }) => name !== 'cdx:npm:package:development'),
    })),
    dependencies: bom.dependencies
      .filter(({ ref }) => ref === root || bundled.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(other => bundled.has(other)) })),
  };
}

/** Adds Node, and takes the instant, the chance and the folder's name out, so that the same parts make the same bytes. */
function complete({ serialNumber: _, ...bom }: Bom, targets: readonly Target[]): Bom {
  const { timestamp: _when, component, ...rest } = bom.metadata;
  const metadata = { ...rest, component: { ...component, name: 'krt' } };
  const nodes = targets.map(({ os, arch, node: { name, version } }) => ({
    'bom-ref': `${name}@${version}`,
    type: 'platform',
    name: 'node',
    version,
    purl: `pkg:npm/${name}@${version}`,
    properties: [{ name: 'krt:platform', value: `${os}/${arch}` }],
  }));
  const whole = { ...bom, metadata, components: [...bom.components, ...nodes] };
  const digest = createHash('sha256').update(JSON.stringify(whole)).digest('hex');
  const uuid = [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `8${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ];
  return { ...whole, serialNumber: `urn:uuid:${uuid.join('-')}` };
}
