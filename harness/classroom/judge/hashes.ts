import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Kata } from '../../catalog/kata.ts';
import { projectRoot } from '../../trace/source-location.ts';

/** The hash of what was handed in for a kata: of the names that the kata gives, and of what is in the files. */
export function submissionHash(kata: Kata, files: ReadonlyMap<string, Uint8Array>): string {
  const hash = createHash('sha256');
  for (const name of kata.files) {
    const content = files.get(name);
    if (content === undefined) continue;
    hash.update(`${name}\n${content.length}\n`).update(content);
  }
  return hash.digest('hex').slice(0, 32);
}

let common: string | null = null;

/** The hash of what judges every kata: the harness, the packages and Node. */
export function commonHash(): string {
  common ??= hashOf([...filesIn(path.join(projectRoot, 'harness')), ...packageFiles]);
  return common;
}

/** The hash of all that judges a kata: also its spec and given files. */
export function harnessHash(kata: Kata): string {
  const own = filesIn(kata.directory).filter((file) => !file.endsWith('.md'));
  return createHash('sha256')
    .update(`${commonHash()} ${hashOf(own)}`)
    .digest('hex')
    .slice(0, 32);
}

const packageFiles = ['package-lock.json', 'vitest.config.ts'].map((name) =>
  path.join(projectRoot, name),
);

function hashOf(files: readonly string[]): string {
  const hash = createHash('sha256').update(`${process.version} ${process.arch}\n`);
  for (const file of files) {
    hash.update(`${path.relative(projectRoot, file)}\n`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** Tests of the harness judge nobody. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !/[\\/]fixtures[\\/]/.test(file))
    .toSorted();
}
