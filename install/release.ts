// Makes what a release publishes: npm run release -- --url https://… [--only linux-amd64] [--out release]
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { packApp } from './publish/app.ts';
import { krewManifest } from './publish/krew.ts';
import { type Artifact, artifactOf, makeArchive, sumsText } from './publish/make.ts';
import { fetchNode } from './publish/node.ts';
import { sbom } from './publish/sbom.ts';
import { TARGETS } from './publish/targets.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    only: { type: 'string', multiple: true },
    out: { type: 'string', default: 'release' },
  },
});
const root = join(import.meta.dirname, '..');
const folder = resolve(values.out);
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
const app = await packApp(root);
const targets = TARGETS.filter(({ os, arch }) => values.only?.includes(`${os}-${arch}`) ?? true);

const publish = async (artifact: Artifact) => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, artifact.name), artifact.data);
  process.stdout.write(`${relative('', join(folder, artifact.name))}\n`);
  return artifact;
};
const onUnsigned = ({ os, arch }: (typeof TARGETS)[number]) =>
  void process.stderr.write(`${os}-${arch} is not signed: there is no Go; see docs/release.md\n`);
const archives: { target: (typeof TARGETS)[number]; artifact: Artifact }[] = [];
for (const target of targets) {
  const node = await fetchNode(target, join(root, 'release/.node'));
  const artifact = await makeArchive(target, { root, app, node, version, onUnsigned });
  archives.push({ target, artifact: await publish(artifact) });
}
const bom = await publish(artifactOf(`krt-${version}.cdx.json`, Buffer.from(await sbom(root, targets))));
const sums = sumsText([...archives.map(({ artifact }) => artifact), bom]);
await publish(artifactOf('SHA256SUMS', Buffer.from(sums)));
if (values.url) {
  const listed = archives.map(({ target, artifact: { sha256 } }) => ({ target, sha256 }));
  await publish(artifactOf('krt.yaml', Buffer.from(krewManifest({ version, url: values.url, archives: listed }))));
} else process.stderr.write('no manifest for krew: --url says where the archives will be found\n');
