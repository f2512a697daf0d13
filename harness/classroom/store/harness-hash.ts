import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Kata } from '../../catalog/kata.ts';
import { projectRoot } from '../../trace/source-location.ts';

/** Folders of the harness that have no say in a verdict. A folder that is not named here counts: that costs time, never a wrong verdict. */
const withoutASay = new Set(
  'attacks bench cli demo doctor exports fixtures intake learner page publish queue similarity store verify'.split(
    ' ',
  ),
);

/** What else a verdict depends on. */
export interface JudgingConditions {
  /** Whether the answers run inside the sandbox: a verdict from outside is never served to a run that has it. */
  readonly sandbox: boolean;
  /** The checkout, if it is not this one. */
  readonly root?: string;
}

/**
 * Makes the function that hashes everything by which a kata is judged: its spec and the files that it gives, the sources of the harness, the
 * lock file, Node and the system. The harness is read once.
 *
 * The main file in the kata's own folder has no part in it, since an answer always brings its own; the other files that a learner edits do,
 * since an answer may leave them out.
 */
export function harnessHasher({
  sandbox,
  root = projectRoot,
}: JudgingConditions): (kata: Kata) => string {
  const shared = createHash('sha256');
  shared.update(`${process.version} ${process.platform} ${process.arch} sandbox=${sandbox}\n`);
  const harness = filesBelow(path.join(root, 'harness')).filter(hasASay);
  for (const file of harness) addFile(shared, path.join(root, 'harness'), file);
  addFile(shared, root, 'package-lock.json');
  const common = shared.digest('hex');

  const known = new Map<string, string>();
  return (kata) => {
    const before = known.get(kata.id);
    if (before !== undefined) return before;
    const hash = createHash('sha256').update(common);
    const own = filesBelow(kata.directory).filter(
      (file) => !file.endsWith('.md') && file !== kata.files[0],
    );
    for (const file of own) addFile(hash, kata.directory, file);
    const digest = hash.digest('hex');
    known.set(kata.id, digest);
    return digest;
  };
}

function hasASay(file: string): boolean {
  if (file.endsWith('.test.ts') || file.endsWith('.md')) return false;
  return !file.split('/').some((part) => withoutASay.has(part));
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .map((file) => file.split(path.sep).join('/'))
    .toSorted();
}

function addFile(hash: ReturnType<typeof createHash>, directory: string, file: string): void {
  const content = readFileSync(path.join(directory, file));
  hash.update(`${Buffer.byteLength(file)}:${file}:${content.byteLength}:`).update(content);
}
