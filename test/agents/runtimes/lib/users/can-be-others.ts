import { statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';

/** Whether tests can start programs as other users, with files in the temporary directory: it takes root, and a way there. */
export function canBeOthers(): boolean {
  if (process.getuid?.() !== 0) return false;
  for (let dir = tmpdir(); dir !== dirname(dir); dir = dirname(dir)) if (!(statSync(dir).mode & 0o001)) return false;
  return true;
}
