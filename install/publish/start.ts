// What a standalone binary starts with: it unpacks krt into the user's cache once, and runs it from there.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { runMain } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { getAsset } from 'node:sea';
import { gunzipSync } from 'node:zlib';

const digest = getAsset('digest', 'utf8').slice(0, 16);
const words = process.argv.slice(2);
const flags = words.findIndex(word => !word.startsWith('--'));
const first = words[flags] ?? '';

// krt starts its own agents as it would with any Node, in an environment of their own: `krt local up`
if (new RegExp(`[\\\\/]${digest}[\\\\/]dist[\\\\/]agents[\\\\/][\\w-]+\\.js$`).test(first)) {
  // but what a binary tells its Node was told when it was made
  process.argv.splice(1, 1 + flags);
  runMain(first);
} else runMain(join(unpacked(), 'plugin', 'bin', 'run.js'));

/** Where krt is unpacked, by now. */
function unpacked(): string {
  const { env } = process;
  const cache = env['XDG_CACHE_HOME'] || env['LOCALAPPDATA'] || join(homedir(), '.cache');
  const root = join(cache, 'krt', 'app', digest);
  try {
    if (!existsSync(root)) unpack(root);
    return root;
  } catch (error) {
    process.stderr.write(`error: krt can't unpack itself into ${root}: ${(error as Error).message}\n`);
    process.stderr.write('set XDG_CACHE_HOME to a folder that can be written\n');
    process.exit(69);
  }
}

/** Made beside and put in place whole: another start at the same time finds all of it, or nothing. */
function unpack(root: string): void {
  const files = JSON.parse(gunzipSync(getAsset('app')).toString('utf8')) as Record<string, string>;
  mkdirSync(dirname(root), { recursive: true, mode: 0o700 });
  const made = mkdtempSync(`${root}-`);
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(made, dirname(path)), { recursive: true });
      writeFileSync(join(made, path), text);
    }
    renameSync(made, root);
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    if (!existsSync(root)) throw error; // else the other one was faster
  }
}
