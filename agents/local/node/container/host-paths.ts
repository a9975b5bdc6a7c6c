import { join } from 'node:path';

/** Where paths of a container are on this machine. */
export interface PathMap {
  /** `value` with the mount path that it is or begins with replaced; also behind the `=` of a `--flag=/path`. */
  translate(value: string): string;
}

/** A mount of a container and its directory (or file) on this machine. */
export interface HostMount {
  readonly mountPath: string;
  readonly hostPath: string;
}

/** The map of a container with these mounts; the longest fitting mount counts. */
export function pathMap(mounts: readonly HostMount[]): PathMap {
  const known = mounts
    .map(mount => ({ ...mount, mountPath: mount.mountPath.replace(/\/+$/, '') }))
    .filter(({ mountPath }) => mountPath !== '')
    .sort((a, b) => b.mountPath.length - a.mountPath.length);
  const path = (value: string) => {
    const found = known.find(({ mountPath }) => value === mountPath || value.startsWith(`${mountPath}/`));
    return found && join(found.hostPath, value.slice(found.mountPath.length));
  };
  return {
    translate(value) {
      if (value.startsWith('/')) return path(value) ?? value;
      const flag = /^(-[^=]*=)(\/.*)$/s.exec(value);
      return flag ? `${flag[1]}${path(flag[2]!) ?? flag[2]}` : value;
    },
  };
}
