import { closeSync, constants, openSync } from 'node:fs';
import { fromBufferPromise, fromFdPromise, getFileNameLowLevel, validateFileName } from 'yauzl';
import type { Entry as ZipEntry, ZipFile } from 'yauzl';
import { messageOf } from '../../catalog/message-of.ts';
import { skippedFolders, TooLargeError } from './entry.ts';
import type { Entry, Listing } from './entry.ts';
import type { Limits } from './limits.ts';
import { showName } from './show-name.ts';

/**
 * Lists the files of a zip. Nothing is written to the disk; a file is unpacked when it is read, and no further than it may be long.
 *
 * @param zip the path of a file, or the bytes.
 */
export async function listZip(zip: string | Uint8Array, limits: Limits): Promise<Listing> {
  let file: ZipFile;
  try {
    file = await openZip(zip);
    // One that nobody waits for is told by whoever reads next.
    file.on('error', () => {});
  } catch (error) {
    return emptyListing(`It is no zip that can be read: ${showName(messageOf(error))}.`);
  }
  const problems: string[] = [];
  const found = new Map<string, Entry[]>();
  try {
    for await (const entry of entriesOf(file, limits.names)) {
      const named = nameEntry(file, entry);
      if ('problem' in named) problems.push(named.problem);
      else if (named.entry && isOfInterest(named.entry.path)) {
        found.set(named.entry.path, [...(found.get(named.entry.path) ?? []), named.entry]);
      }
    }
  } catch (error) {
    problems.push(`The zip was read in part only: ${showName(messageOf(error))}.`);
  }

  const entries: Entry[] = [];
  for (const [path, same] of found) {
    if (same.length === 1) entries.push(...same);
    // Programs do not agree on which of them counts.
    else
      problems.push(
        `${showName(path)} is in the zip ${same.length} times: none of them was taken.`,
      );
  }
  return {
    entries: entries.toSorted((one, other) => (one.path < other.path ? -1 : 1)),
    problems,
    async [Symbol.asyncDispose]() {
      file.close();
    },
  };
}

function emptyListing(problem: string): Listing {
  return { entries: [], problems: [problem], [Symbol.asyncDispose]: async () => {} };
}

/** Names as bytes: by itself the library would give up the whole zip for one name that climbs out. */
const options = { lazyEntries: true, decodeStrings: false, autoClose: false } as const;

async function openZip(zip: string | Uint8Array): Promise<ZipFile> {
  if (typeof zip !== 'string') return fromBufferPromise(Buffer.from(zip), options);
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const descriptor = openSync(zip, flags);
  try {
    return await fromFdPromise(descriptor, options);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

async function* entriesOf(file: ZipFile, most: number): AsyncGenerator<ZipEntry> {
  for (let count = 0; ; count += 1) {
    const entry = await nextEntry(file);
    if (entry === null) return;
    if (count >= most) throw new Error(`it has more than ${most} files`);
    yield entry;
  }
}

function nextEntry(file: ZipFile): Promise<ZipEntry | null> {
  const { promise, resolve, reject } = Promise.withResolvers<ZipEntry | null>();
  const onEnd = () => resolve(null);
  file.once('entry', resolve).once('end', onEnd).once('error', reject);
  file.readEntry();
  return promise.finally(() => {
    file.off('entry', resolve).off('end', onEnd).off('error', reject);
  });
}

type Named = { readonly problem: string } | { readonly entry: Entry | null };

function nameEntry(file: ZipFile, entry: ZipEntry): Named {
  const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
  const path = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);
  if (validateFileName(path) !== null || path.includes('\0')) {
    return { problem: `${showName(path)} climbs out of the zip: it was not taken.` };
  }
  if (path.endsWith('/')) return { entry: null };
  const plain = path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
  return {
    entry: {
      path: plain,
      file: null,
      kind: kindOf(entry),
      read: (most) => unpack(file, entry, most),
    },
  };
}

function isOfInterest(path: string): boolean {
  return path.split('/').every((part) => !skippedFolders.has(part));
}

/** What Unix knows of the file stands in the upper half of its attributes; other systems leave that empty. */
function kindOf({ externalFileAttributes }: ZipEntry): Entry['kind'] {
  const type = (externalFileAttributes >>> 16) & constants.S_IFMT;
  if (type === 0 || type === constants.S_IFREG) return 'file';
  return type === constants.S_IFLNK ? 'link' : 'special';
}

async function unpack(file: ZipFile, entry: ZipEntry, most: number): Promise<Uint8Array> {
  if (entry.isEncrypted()) throw new Error('is encrypted');
  if (entry.uncompressedSize > most) throw new TooLargeError();
  const stream = await file.openReadStreamPromise(entry);
  const chunks: Buffer[] = [];
  let length = 0;
  // Leaving the loop early destroys the stream, and with it the unpacking.
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > most) throw new TooLargeError();
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks, length));
}
