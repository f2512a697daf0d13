import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../trace/source-location.ts';

/** Where Node keeps what it made of the harness and of the packages: it is what makes every run but the first start sooner. */
export const compileCacheFolder = path.join(projectRoot, '.kata', 'compile-cache');

/** Some five times what the harness and the packages fill. */
const mostKept = 5000;

/** How the name of a folder ends that is being removed. */
const setAside = '.old';

/**
 * Empties the part of each version of Node that holds more than `mostFiles` files; the next run fills it anew.
 *
 * Node keeps a file for each module, by its address, and never removes one (https://nodejs.org/api/module.html#module-compile-cache). Vitest and the
 * harness load a spec and an answer under an address of their own in each run, up to forty times in one test run.
 *
 * @param folder holds a folder for each version of Node.
 */
export function pruneCompileCache(folder = compileCacheFolder, mostFiles = mostKept): void {
  for (const version of foldersIn(folder)) {
    const own = path.join(folder, version);
    try {
      if (version.endsWith(setAside)) remove(own);
      else if (readdirSync(own).length > mostFiles) {
        const old = `${own}.${process.pid}${setAside}`;
        // In one step, because other runs may write to it at this moment.
        renameSync(own, old);
        // Node looks for it only when it starts, and one that runs now may still have something to keep.
        mkdirSync(own, { recursive: true });
        remove(old);
      }
    } catch {
      // Another run empties it at the same moment, or one that has ended left it half removed: the next one tries again.
    }
  }
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

function foldersIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    // Not there yet.
    return [];
  }
}
