import { join } from 'node:path';
import { NODE_FLAGS } from '../lib/node-flags.ts';
import type { Images } from './node/container/images.ts';

/** The agents image of the embedded default. */
export const AGENTS_IMAGE = 'krt-agents';

/** What stands in for krt's own images: the bundles in `dir`, run by `node`. */
export function bundledImages(dir: string, node: string): Images {
  const image = (bundle: string) => ({
    argv: [node, ...NODE_FLAGS, join(dir, bundle)],
    words: { node, [`/app/${bundle}`]: join(dir, bundle) },
    lifeline: true,
  });
  return {
    'kruntimes-bash-runtime': image('bash-runtime.js'),
    'kruntimes-python-runtime': image('python-runtime.js'),
    'kruntimes-node-runtime': image('node-runtime.js'),
    [AGENTS_IMAGE]: image('runtimed.js'),
  };
}
