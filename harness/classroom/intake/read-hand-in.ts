import path from 'node:path';
import { messageOf } from '../../catalog/message-of.ts';
import type { Submission } from '../grade-report.ts';
import { TooLargeError } from './entry.ts';
import type { Entry, Listing } from './entry.ts';
import { findAnswers } from './find-answers.ts';
import type { FoundAnswer, IntakeKata } from './find-answers.ts';
import type { HandIn, HandInSource } from './hand-ins.ts';
import type { Limits } from './limits.ts';
import { listFolder, readPlainFile } from './list-folder.ts';
import { listZip } from './list-zip.ts';
import { showName } from './show-name.ts';

/** So many sentences on one student: a hand-in may be made to fill a report. */
const mostProblems = 20;

/**
 * Reads what one student handed in. Whatever cannot be read is a sentence in `problems`, never an error: one hand-in does not stop a class.
 */
export async function readHandIn(
  directory: string,
  { sources }: HandIn,
  katas: readonly IntakeKata[],
  limits: Limits,
): Promise<Pick<Submission, 'answers' | 'problems'>> {
  const reader = new HandInReader(katas, limits);
  try {
    const zips = sources.filter((source) => isZip(source.fileName) && source.kind === 'file');
    for (const folder of sources.filter(({ kind }) => kind === 'folder')) {
      await reader.readSource(
        'folder',
        await listFolder(path.join(directory, folder.entry), limits),
      );
    }
    for (const zip of zips) {
      await reader.readSource('zip', await listZip(path.join(directory, zip.entry), limits));
    }
    await reader.readListing(singleFiles(directory, sources));
  } catch (error) {
    reader.problems.push(`It could not be read: ${showName(messageOf(error))}.`);
  }
  return { answers: reader.answers, problems: shorten(reader.problems) };
}

function isZip(name: string): boolean {
  return /\.zip$/i.test(name);
}

/** Canvas gives each file by itself. */
function singleFiles(directory: string, sources: readonly HandInSource[]): Listing {
  const files = sources.filter(({ kind, fileName }) => kind === 'file' && !isZip(fileName));
  return {
    entries: files.map(({ entry, fileName }) => ({
      path: path.posix.basename(fileName),
      file: path.join(directory, entry),
      kind: 'file',
      read: (most) => readPlainFile(path.join(directory, entry), most),
    })),
    problems: [],
    async [Symbol.asyncDispose]() {},
  };
}

class HandInReader {
  readonly answers = new Map<string, Map<string, Uint8Array>>();
  readonly problems: string[] = [];
  readonly #katas: readonly IntakeKata[];
  readonly #limits: Limits;
  #bytesLeft: number;
  #filesLeft: number;

  constructor(katas: readonly IntakeKata[], limits: Limits) {
    this.#katas = katas;
    this.#limits = limits;
    this.#bytesLeft = limits.studentBytes;
    this.#filesLeft = limits.files;
  }

  async readSource(what: 'folder' | 'zip', listing: Listing): Promise<void> {
    if (listing.entries.length === 0 && listing.problems.length === 0) {
      this.problems.push(`The ${what} is empty.`);
    }
    await this.readListing(listing);
  }

  /** @param isInside whether this is a zip in another one: there is no third. */
  async readListing(listing: Listing, isInside = false): Promise<void> {
    await using open = listing;
    this.problems.push(...open.problems);
    const { answers, problems } = findAnswers(open.entries, this.#katas);
    this.problems.push(...problems);
    for (const answer of answers) await this.#readAnswer(answer);
    if (answers.length > 0 || open.entries.length === 0) return;

    const zips = open.entries.filter((entry) => isZip(entry.path));
    if (zips.length === 1 && !isInside) {
      const zip = await this.#openInside(zips[0]!);
      if (zip) await this.readListing(zip, true);
      return;
    }
    // A name that is nearly right has been told already.
    if (problems.length === 0) this.problems.push(reasonForNothing(open.entries, zips.length));
  }

  async #readAnswer({ kata, files }: FoundAnswer): Promise<void> {
    // What an earlier source gave stands.
    if (this.answers.has(kata.id)) return;
    const taken = new Map<string, Uint8Array>();
    for (const [name, entry] of files) {
      const bytes = await this.#read(entry, this.#limits.fileBytes);
      if (bytes) taken.set(name, bytes);
    }
    if (taken.size > 0) this.answers.set(kata.id, taken);
  }

  /** On the disk it may be of any size, with all of node_modules in it; one that is packed has to be unpacked into the memory. */
  async #openInside(entry: Entry): Promise<Listing | null> {
    if (entry.kind === 'file' && entry.file !== null) return listZip(entry.file, this.#limits);
    const bytes = await this.#read(entry, this.#bytesLeft);
    return bytes && listZip(bytes, this.#limits);
  }

  async #read(entry: Entry, most: number): Promise<Uint8Array | null> {
    const problem = await this.#tryRead(entry, most);
    if (typeof problem !== 'string') return problem;
    this.problems.push(`${showName(entry.path)} ${problem}: it was not taken.`);
    return null;
  }

  /** The bytes, or the rest of a sentence that says why there are none. */
  async #tryRead(entry: Entry, most: number): Promise<Uint8Array | string> {
    if (entry.kind === 'link') return 'is a link';
    if (entry.kind === 'special') return 'is no plain file';
    if (this.#filesLeft === 0) return `is one file more than ${this.#limits.files}`;
    const allowed = Math.min(most, this.#bytesLeft);
    try {
      const bytes = await entry.read(allowed);
      this.#bytesLeft -= bytes.length;
      this.#filesLeft -= 1;
      return bytes;
    } catch (error) {
      if (!(error instanceof TooLargeError))
        return `cannot be read (${showName(messageOf(error))})`;
      // What was unpacked in vain counts as well: many such files would keep the grader busy.
      this.#bytesLeft -= allowed;
      return allowed < most
        ? `goes beyond the ${this.#limits.studentBytes} bytes that are taken of a student`
        : `has more than ${most} bytes`;
    }
  }
}

function reasonForNothing(entries: readonly Entry[], zips: number): string {
  if (zips > 1) return `It holds ${zips} zips and no kata beside them: expected one.`;
  const packed = entries.find(({ path: name }) => /\.(?:rar|7z|tar|tgz|gz|bz2|xz)$/i.test(name));
  if (packed)
    return `${showName(packed.path)} is no zip: it was not taken. Expected a folder or a .zip.`;
  return 'It holds none of the files that the katas name.';
}

function shorten(problems: readonly string[]): string[] {
  if (problems.length <= mostProblems) return [...problems];
  const more = problems.length - mostProblems;
  return [...problems.slice(0, mostProblems), `There are ${more} more problems of this kind.`];
}
