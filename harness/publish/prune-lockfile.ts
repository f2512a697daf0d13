/** What a `package-lock.json` of version 3 says of one package. */
export interface LockedPackage {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

export interface Lockfile {
  /** By the folder that a package is installed in, such as `node_modules/a/node_modules/b`; the project itself is `''`. */
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/**
 * Leaves in a lock file what is still needed when the project depends on `devDependencies` alone; `npm ci` refuses a lock file that does not
 * fit its package.json.
 */
export function pruneLockfile<T extends Lockfile>(
  lockfile: T,
  devDependencies: Readonly<Record<string, string>>,
): T {
  const { packages } = lockfile;
  const project = { ...packages[''], devDependencies };
  const needed = new Set<string>(['']);
  const open: [place: string, locked: LockedPackage][] = [['', project]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [from, locked] = next;
    for (const name of neededBy(locked)) {
      const place = placeOf(name, from, packages);
      if (place === null || needed.has(place)) continue;
      needed.add(place);
      open.push([place, packages[place]!]);
    }
  }
  const kept = Object.entries({ ...packages, '': project }).filter(([place]) => needed.has(place));
  return { ...lockfile, packages: Object.fromEntries(kept) };
}

function neededBy(locked: LockedPackage): string[] {
  const peers = Object.keys(locked.peerDependencies ?? {}).filter(
    (name) => locked.peerDependenciesMeta?.[name]?.optional !== true,
  );
  return [
    ...Object.keys(locked.dependencies ?? {}),
    ...Object.keys(locked.devDependencies ?? {}),
    ...Object.keys(locked.optionalDependencies ?? {}),
    ...peers,
  ];
}

/** Where Node finds `name` from the package in `from`: beside it, or further up; null where it is not installed. */
function placeOf(
  name: string,
  from: string,
  packages: Readonly<Record<string, LockedPackage>>,
): string | null {
  for (
    let folder = from;
    ;
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))
  ) {
    const place = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (place in packages) return place;
    if (folder === '') return null;
  }
}
