import { pruneLockfile } from './prune-lockfile.ts';
import type { Lockfile } from './prune-lockfile.ts';

/** What matters here of a `package.json`. */
export interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** Packages that no source names: the runtime, the runner, and what an editor shows the types with. */
const always = new Set(['@types/node', 'node', 'typescript', 'vitest']);

/**
 * Cuts a package.json and its lock file down to what a learner needs: the scripts that there are, and the packages that a source names
 * in a string, with their types.
 */
export function learnersManifest<M extends Manifest, L extends Lockfile>(
  manifest: M,
  lockfile: L,
  needs: { readonly scripts: ReadonlySet<string>; readonly sources: readonly string[] },
): { manifest: M; lockfile: L } {
  const isNamed = (name: string): boolean => {
    const pattern = new RegExp(`['"\`/]${RegExp.escape(name)}['"\`/]`);
    return needs.sources.some((source) => pattern.test(source));
  };
  const used = only(manifest.devDependencies, (name) => always.has(name) || isNamed(name));
  const { packages } = pruneLockfile(lockfile, used);
  const hasTypesFor = (name: string): boolean =>
    name.startsWith('@types/') && `node_modules/${name.slice('@types/'.length)}` in packages;
  const devDependencies = only(
    manifest.devDependencies,
    (name) => name in used || hasTypesFor(name),
  );
  return {
    manifest: {
      ...manifest,
      scripts: only(manifest.scripts, (name) => needs.scripts.has(name)),
      devDependencies,
    },
    lockfile: pruneLockfile(lockfile, devDependencies),
  };
}

function only<T>(
  record: Readonly<Record<string, T>>,
  isKept: (name: string) => boolean,
): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => isKept(name)));
}
