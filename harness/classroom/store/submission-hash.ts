import { createHash } from 'node:crypto';

/**
 * The hash of what was handed in for one kata: its files' names and their bytes, in whatever order they came. Two students with the same
 * answer have the same hash.
 */
export function submissionHash(files: ReadonlyMap<string, Uint8Array>): string {
  const hash = createHash('sha256');
  const names = [...files.keys()].toSorted();
  for (const name of names) {
    const content = files.get(name)!;
    // With the lengths before them, no two sets of files run together into the same bytes.
    hash.update(`${Buffer.byteLength(name)}:${name}:${content.byteLength}:`).update(content);
  }
  return hash.digest('hex');
}
