// Bundles what ships: one file per agent, one for the library, the CLI split so that a command loads only what it needs.
import { globSync } from 'node:fs';
import { chmod, cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { basename, join } from 'node:path';
import { type BuildOptions, type BuildResult, build, type Plugin } from 'esbuild';

const root = join(import.meta.dirname, '..');
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };

const AGENTS = {
  controller: 'agents/controller/main.ts',
  scheduler: 'agents/scheduler/main.ts',
  runtimed: 'agents/runtimed/main.ts',
  'bash-runtime': 'agents/runtimes/bash/main.ts',
  'python-runtime': 'agents/runtimes/python/main.ts',
  'node-runtime': 'agents/runtimes/node/main.ts',
  conformance: 'agents/conformance/main.ts',
  local: 'agents/local/main.ts',
};

/**
 * Takes of client-node its KubeConfig alone, from the file that has it. The rest, 700 generated modules (10 seconds of
 * a build, though none is kept) and a fetch library (undici, 730 KB), serves only calls that our transport replaces.
 */
const leanClientNode: Plugin = {
  name: 'lean-client-node',
  setup(build) {
    build.onResolve({ filter: /^@kubernetes\/client-node$/ }, ({ kind, importer, resolveDir }) =>
      build.resolve('@kubernetes/client-node/dist/config.js', { kind, importer, resolveDir }),
    );
    build.onResolve({ filter: /^undici$|^\.\/gen\/index\.js$/ }, ({ path, resolveDir }) =>
      resolveDir.includes('/@kubernetes/client-node/') ? { path, namespace: 'unused' } : undefined,
    );
    build.onLoad({ filter: /./, namespace: 'unused' }, () => ({
      contents: `export class Agent {} export class ProxyAgent {} export const fetch = undefined;
        export class ServerConfiguration {} export const createConfiguration = undefined;`,
    }));
  },
};

/** Puts other text in the place of modules; what that text itself asks for by their names is the real one. */
function inPlaceOf(name: string, filter: RegExp, textOf: (path: string, resolveDir: string) => string): Plugin {
  return {
    name,
    setup(build) {
      build.onResolve({ filter }, ({ path, namespace, resolveDir }) =>
        namespace === name ? undefined : { path, namespace: name, pluginData: resolveDir },
      );
      build.onLoad({ filter: /./, namespace: name }, ({ path, pluginData }) => ({
        contents: textOf(path, pluginData),
        resolveDir: pluginData,
      }));
    },
  };
}

/**
 * Takes Node's own http as CommonJS: imported as an ES module it hands out all that it has at once, with WebSocket the
 * whole of undici, which costs 25 ms at each start.
 */
const lazyHttp = inPlaceOf(
  'lazy-http',
  /^(node:)?http$/,
  () => "module.exports = process.getBuiltinModule('node:http')",
);

/** Packages that are bundled each by itself, and the folder of who asks for it. */
const aside = new Map<string, string>();

/**
 * What the CLI needs only where the server speaks TLS, a proxy or an identity provider is asked, or help is rendered:
 * loaded when it is first used, packages from files of their own, which saves 30 ms of each start that does not. As a
 * prototype, so that named imports ask the proxy too.
 */
const lazyModules = inPlaceOf(
  'lazy-modules',
  /^((node:)?(https?|tls)|hpagent|socks|socks-proxy-agent|openid-client|js-yaml|jsonpath-plus|ejs|tinyglobby|minimatch)$/,
  (path, resolveDir) => {
    if (!isBuiltin(path)) aside.set(path, resolveDir);
    const load = isBuiltin(path) ? `process.getBuiltinModule('${path}')` : `require('#aside/${path}')`;
    const get = `(_, name) => (name === '__esModule' ? undefined : ${load}[name])`;
    return `module.exports = Object.create(new Proxy({}, { get: ${get} }))`;
  },
);

/** Finds a package as the module does that asks for it. */
const asAsked: Plugin = {
  name: 'as-asked',
  setup(build) {
    build.onResolve({ filter: /./ }, ({ path, kind }) => {
      const asker = { kind: 'require-call', namespace: lazyModules.name, resolveDir: aside.get(path)! } as const;
      return kind === 'entry-point' ? build.resolve(path, asker) : undefined;
    });
  },
};

/** oclif prints its own steps where DEBUG is set; else how it would is not found out, 4 ms of each start. */
const unasked = inPlaceOf(
  'unasked',
  /^debug$/,
  () => "module.exports = process.env.DEBUG ? require('debug') : () => () => undefined",
);

/** What oclif does at each start that krt does without, 10 ms in all: files of it, with a text and what is in its place. */
const SPARED = [
  // the collation of ICU, for the names of commands, which are ASCII
  ['config/plugin.js', 'a.id.localeCompare(b.id)', '(a.id < b.id ? -1 : 1)'],
  // which Windows is below: every difference that krt makes, it makes for `win32`
  ['util/os.js', "(await import('wsl-utils')).isWsl ? 'wsl' : ", ''],
  // colours for help of oclif's own, which krt does not use
  ['config/config.js', 'await this.loadTheme()', 'undefined'],
] as const;

const leanOclif: Plugin = {
  name: 'lean-oclif',
  setup(build) {
    build.onLoad({ filter: /@oclif.core.lib.(config|util).\w+\.js$/ }, async ({ path }) => {
      const [, text, other] = SPARED.find(([file]) => path.replaceAll('\\', '/').endsWith(`/lib/${file}`)) ?? [];
      if (text === undefined) return undefined;
      const parts = (await readFile(path, 'utf8')).split(text);
      if (parts.length !== 2) throw new Error(`${path}: not once in it: ${text}`);
      return { contents: parts.join(other) };
    });
  },
};

/**
 * What nearly every start needs comes in one file, since all entries share it: each file more costs half a millisecond.
 * Entries, those of `import()` too, are among the modules of the plugin; packages are left as they are.
 */
const everyStart: Plugin = {
  name: 'every-start',
  setup(build) {
    const shared = join(root, 'plugin/every-start.ts');
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (!path.startsWith(join(root, 'plugin')) || path === shared) return undefined;
      const text = await readFile(path, 'utf8');
      return { contents: `import ${JSON.stringify(shared)};${text}`, loader: 'ts' };
    });
  },
};

/** What the agents read beside their bundles. */
const BESIDE = [
  'agents/protocol/executor.proto',
  'agents/runtimes/python/start-python.py',
  'agents/runtimes/node/start-node.cjs',
];

const common: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'linked',
  logLevel: 'warning',
  metafile: true,
  external: ['#aside/*'],
  define: { 'process.env.KRT_VERSION': JSON.stringify(version) },
  plugins: [lazyHttp, leanClientNode],
  // some dependencies are CommonJS and call require() for Node's own modules
  banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
};

/** oclif and what is told of a parse error go by the names of classes; each name that is kept costs memory. */
const named: BuildOptions = { ...common, keepNames: true };

const commands = globSync('plugin/commands/**/*.ts', { cwd: root });
// made beside and put in place whole: what runs from dist meanwhile finds the old or the new one
const made = await mkdtemp(join(root, '.dist-'));
const [agents, cli, library] = await Promise.all([
  build({ ...common, entryPoints: AGENTS, outdir: join(made, 'agents') }),
  build({
    ...named,
    plugins: [everyStart, lazyModules, unasked, leanOclif, ...common.plugins!],
    splitting: true,
    outbase: 'plugin',
    outdir: join(made, 'plugin'),
    entryPoints: [...commands, 'plugin/main.ts', 'plugin/help.ts'],
    chunkNames: 'chunks/[name]-[hash]',
  }),
  // whole, since an entry more would split what the CLI starts with
  build({
    ...named,
    plugins: [lazyModules, ...common.plugins!],
    entryPoints: { library: 'plugin/library/index.ts' },
    outdir: made,
  }),
  ...BESIDE.map(file => cp(join(root, file), join(made, 'agents', basename(file)))),
  cp(join(root, 'crds'), join(made, 'crds'), {
    recursive: true,
    filter: path => !path.endsWith('.ts') && !/v1alpha1|client/.test(path.slice(root.length)),
  }),
]);
const packages = await build({
  ...named,
  format: 'cjs',
  banner: {},
  entryPoints: Object.fromEntries([...aside.keys()].map(name => [name, name])),
  plugins: [asAsked, lazyModules, ...common.plugins!],
  outdir: join(made, 'aside'),
  outExtension: { '.js': '.cjs' },
});
await Promise.all(globSync('**/*.{js,cjs}', { cwd: made }).map(file => toAscii(join(made, file))));
const bundled = await packagesIn([agents, cli, library, packages]);
await writeFile(join(made, 'bundled.json'), JSON.stringify(bundled, undefined, 2));
await chmod(made, 0o755);
await rename(join(root, 'dist'), join(made, 'old')).catch(() => undefined); // the first build
await rename(made, join(root, 'dist'));
await rm(join(root, 'dist/old'), { recursive: true, force: true });

/** Node holds a file with one character beyond ASCII in twice the memory. esbuild leaves them in regular expressions. */
async function toAscii(file: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const ascii = text.replaceAll(/[\u0080-\uffff]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (ascii !== text) await writeFile(file, ascii);
}

/** What the bundles hold of others, each as `name@version`: the list of parts of a release is made of it. */
async function packagesIn(results: readonly BuildResult[]): Promise<string[]> {
  const outputs = results.flatMap(({ metafile }) => Object.values(metafile!.outputs));
  const files = outputs.flatMap(({ inputs }) => Object.keys(inputs).filter(path => inputs[path]!.bytesInOutput > 0));
  const folders = new Set(files.flatMap(path => /^(?:.*:)?(.*node_modules\/(?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []));
  const names = [...folders].map(async folder => {
    const { name, version } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
    return `${name}@${version}`;
  });
  return [...new Set(await Promise.all(names))].sort();
}
