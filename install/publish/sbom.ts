import { createHash } from 'node:crypto';
import { execa } from 'execa';
import type { Target } from './targets.ts';

interface Bom {
  serialNumber?: string;
  metadata: { timestamp?: string; [field: string]: unknown };
  components: Record<string, unknown>[];
  [field: string]: unknown;
}

/** What krt is made of, as CycloneDX: npm's own list of what ships, and the Node in the binaries. */
export async function sbom(root: string, targets: readonly Target[]): Promise<string> {
  const args = ['sbom', '--omit', 'dev', '--package-lock-only', '--sbom-format', 'cyclonedx'];
  const { stdout } = await execa('npm', args, { cwd: root });
  return `${JSON.stringify(complete(JSON.parse(stdout) as Bom, targets), undefined, 2)}\n`;
}

/** Adds Node, and takes the instant and the chance out, so that the same parts make the same bytes. */
function complete({ serialNumber: _, ...bom }: Bom, targets: readonly Target[]): Bom {
  const { timestamp: _when, ...metadata } = bom.metadata;
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
