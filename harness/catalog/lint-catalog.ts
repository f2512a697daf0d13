import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { kataIds, katasDirectory, readKata, solutionsDirectory } from './kata.ts';
import type { Kata } from './kata.ts';
import { lintDocuments } from './lint-documents.ts';
import { lintFiles } from './lint-files.ts';
import { lintManifest } from './lint-manifest.ts';
import { lintSources } from './lint-sources.ts';
import { messageOf } from './message-of.ts';
import type { Problem } from './problem.ts';
import { relativePath } from './relative-path.ts';

/** Where the katas and their solutions lie, as absolute paths. */
export interface CatalogFolders {
  readonly katas: string;
  readonly solutions: string;
}

/** The catalogue of this checkout. */
export const catalogFolders: CatalogFolders = {
  katas: katasDirectory,
  solutions: solutionsDirectory,
};

/** Checks one kata without running it: its files, its `kata.json`, its documents, its sources. */
export function lintKata(id: string, folders: CatalogFolders = catalogFolders): Problem[] {
  let kata: Kata;
  try {
    kata = readKata(id, folders.katas);
    const problems = lintManifest(kata);
    // The other checks rely on what the manifest says.
    if (problems.length > 0) return problems;
  } catch (error) {
    return [
      {
        where: relativePath(path.join(folders.katas, id, 'kata.json')),
        found: `The file cannot be read: ${messageOf(error)}`,
        advice: 'Write a kata.json as the other katas have it.',
      },
    ];
  }
  return [
    ...lintFiles(kata, folders.solutions),
    ...lintDocuments(kata, folders.solutions),
    ...lintSources(kata, folders.solutions),
  ];
}

/** Checks what concerns the katas together: no stray folder, no number, name or title twice. */
export function lintWholeCatalog(folders: CatalogFolders = catalogFolders): Problem[] {
  const ids = kataIds(folders.katas);
  return [
    ...strayEntries(folders.katas, ids, 'is no folder of a kata (NN-slug)'),
    ...strayEntries(folders.solutions, ids, 'belongs to no kata'),
    ...repeated(ids, 'number', (id) => id.slice(0, 2)),
    ...repeated(ids, 'slug', (id) => id.slice(3)),
    ...repeated(ids, 'title', (id) => titleOf(id, folders)),
  ];
}

function strayEntries(folder: string, ids: readonly string[], what: string): Problem[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => !ids.includes(name) && name !== 'README.md')
    .map((name) => ({
      where: relativePath(path.join(folder, name)),
      found: `It ${what}.`,
      advice: 'Remove it, or give it the name of its kata.',
    }));
}

function repeated(
  ids: readonly string[],
  what: string,
  valueOf: (id: string) => string,
): Problem[] {
  const groups = Map.groupBy(ids, valueOf);
  return [...groups]
    .filter(([, group]) => group.length > 1)
    .map(([value, group]) => ({
      where: group.join(', '),
      found: `Expected each ${what} once, got "${value}" ${group.length} times.`,
      advice: `Give every kata a ${what} of its own.`,
    }));
}

/** A title that cannot be read is told by `lintKata`; here it must only not equal another one. */
function titleOf(id: string, folders: CatalogFolders): string {
  try {
    return readKata(id, folders.katas).title;
  } catch {
    return id;
  }
}
