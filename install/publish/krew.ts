import { stringify } from 'yaml';
import { archiveForm, archiveName, binaryName, type Target } from './targets.ts';

/** What the manifest for krew is made of. */
export interface KrewOptions {
  readonly version: string;
  /** Where the archives are to be found, without a slash at the end. */
  readonly url: string;
  /** Each platform with the SHA-256 of its archive. */
  readonly archives: readonly { readonly target: Target; readonly sha256: string }[];
}

/** The manifest by which krew installs `kubectl krt`. */
export function krewManifest({ version, url, archives }: KrewOptions): string {
  const platforms = archives.map(({ target, sha256 }) => ({
    selector: { matchLabels: { os: target.os, arch: target.arch } },
    uri: `${url}/${archiveName(target, version)}.${archiveForm(target)}`,
    sha256,
    bin: binaryName(target),
    files: [
      { from: binaryName(target), to: '.' },
      { from: 'LICENSE', to: '.' },
      { from: 'LICENSES-OF-OTHERS', to: '.' },
    ],
  }));
  const spec = {
    version: `v${version}`,
    homepage: url,
    shortDescription: 'Run short programs on warm Pods',
    description:
      'Runs short programs on Kubernetes in tens of milliseconds, on Pods that are already warm, with their output and\nexit code as if they ran here.\n',
    caveats: 'krt needs its agents on the cluster: kubectl krt install\n',
    platforms,
  };
  const manifest = {
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: { name: 'krt' },
    spec,
  };
  return stringify(manifest, { lineWidth: 0 });
}
