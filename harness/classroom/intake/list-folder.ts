import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import type { Dirent } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { skippedFolders, TooLargeError } from './entry.ts';
import type { Entry, Listing } from './entry.ts';
import type { Limits } from './limits.ts';

/**
 * Lists the files of a folder. No link is followed, and nothing but a plain file is ever opened: a link could name the file of another
 * student, and a pipe would never end.
 */
export async function listFolder(folder: string, limits: Limits): Promise<Listing> {
  const entries: Entry[] = [];
  const problems: string[] = [];
  const waiting = [{ bytes: Buffer.from(folder), shown: '', depth: 0 }];

  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const child of await readFolder(at.bytes)) {
      if (entries.length >= limits.names) {
        problems.push(`It has more than ${limits.names} files: the rest was not looked at.`);
        return { entries, problems, [Symbol.asyncDispose]: async () => {} };
      }
      const name = decodeName(child.name);
      const bytes = Buffer.concat([at.bytes, Buffer.from(path.sep), child.name]);
      const shown = at.shown === '' ? name : `${at.shown}/${name}`;
      if (!child.isDirectory()) {
        entries.push({
          path: shown,
          file: isUtf8(child.name) ? bytes.toString('utf8') : null,
          kind: kindOf(child),
          read: (most) => readPlainFile(bytes, most),
        });
      } else if (!skippedFolders.has(name) && at.depth < limits.depth) {
        waiting.push({ bytes, shown, depth: at.depth + 1 });
      }
    }
  }
  return { entries, problems, [Symbol.asyncDispose]: async () => {} };
}

/** As bytes: a name that is not UTF-8 could not be opened by its text. */
async function readFolder(folder: Buffer): Promise<Dirent<Buffer>[]> {
  const children = await readdir(folder, { withFileTypes: true, encoding: 'buffer' });
  // The same order on every machine, whatever its file system gives.
  return children.toSorted((one, other) => Buffer.compare(one.name, other.name));
}

function kindOf(child: Dirent<Buffer>): Entry['kind'] {
  if (child.isFile()) return 'file';
  return child.isSymbolicLink() ? 'link' : 'special';
}

/** The text of a file's name; where it is not UTF-8, each byte as a character. */
function decodeName(name: Buffer): string {
  return name.toString(isUtf8(name) ? 'utf8' : 'latin1');
}

/**
 * Reads a file that is one: not what a link leads to, and without waiting for the other end of a pipe.
 *
 * @throws {TooLargeError} where it has more than `most` bytes.
 */
export async function readPlainFile(file: string | Buffer, most: number): Promise<Uint8Array> {
  // Windows has neither of the two, and neither links that just anyone can make nor pipes in folders.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  await using handle = await open(file, flags);
  const { size } = await handle.stat().then((stats) => {
    if (!stats.isFile()) throw new Error('is no plain file');
    return stats;
  });
  if (size > most) throw new TooLargeError();

  const buffer = Buffer.alloc(Math.min(most, size) + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
    length += bytesRead;
    if (length > size) throw new TooLargeError();
    if (bytesRead === 0) return new Uint8Array(buffer.subarray(0, length));
  }
}
