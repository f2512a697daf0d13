import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Kata } from '../catalog/kata.ts';
import { readKatas } from '../catalog/kata.ts';

const file = path.join(import.meta.dirname, 'starters.json');

/** The starters, by the id of the kata and the name of the file. */
export type Starters = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * The starters as they were handed out. They are kept beside the katas, because a learner works in the katas themselves, and not every copy
 * of this project has a git history.
 */
export function readStarters(): Starters {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Starters) : {};
}

/** What `starters.json` has to hold for `katas` as they are now. */
export function collectStarters(katas: readonly Kata[] = readKatas()): Starters {
  return Object.fromEntries(
    katas.map((kata) => [
      kata.id,
      Object.fromEntries(
        kata.files
          .filter((name) => existsSync(path.join(kata.directory, name)))
          .map((name) => [name, readFileSync(path.join(kata.directory, name), 'utf8')]),
      ),
    ]),
  );
}

/** Writes `starters.json` anew. */
export function writeStarters(): void {
  writeFileSync(file, `${JSON.stringify(collectStarters(), null, 2)}\n`);
}
