import { join } from 'node:path';

/** The directories of one attempt; all paths are absolute. */
export interface Workspace {
  readonly root: string;
  /** Current directory of the program, with its source. */
  readonly work: string;
  readonly home: string;
  readonly tmp: string;
  readonly artifacts: string;
  /** File for KEY=VALUE lines. */
  readonly outputs: string;
}

/** The workspace with that root, made or not. */
export function workspaceAt(root: string): Workspace {
  const inside = (name: string) => join(root, name);
  return {
    root,
    work: inside('work'),
    home: inside('home'),
    tmp: inside('tmp'),
    artifacts: inside('artifacts'),
    outputs: inside('outputs'),
  };
}
