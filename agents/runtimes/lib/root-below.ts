import { join, relative } from 'node:path';

/** The directory right below `parent` that `path` is in, or is; `path` itself where it is elsewhere. */
export function rootBelow(parent: string, path: string): string {
  const [first = ''] = relative(parent, path).split('/');
  return first === '' || first === '..' ? path : join(parent, first);
}
