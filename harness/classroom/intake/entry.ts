/** A name in what was handed in. Folders have none of their own. */
export interface Entry {
  /** From the root of the hand-in, parted by `/`. */
  readonly path: string;
  /** Only a file is ever read. */
  readonly kind: 'file' | 'link' | 'special';
  /** Where it lies on the disk; null where it is packed. */
  readonly file: string | null;
  /**
   * Reads the file.
   *
   * @param most bytes at most.
   * @throws {TooLargeError} where there are more.
   */
  readonly read: (most: number) => Promise<Uint8Array>;
}

/** What a hand-in holds, with what is wrong with it. */
export interface Listing extends AsyncDisposable {
  readonly entries: readonly Entry[];
  /** Sentences. */
  readonly problems: readonly string[];
}

/** A file has more bytes than are taken. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';

  constructor() {
    super('has more bytes than are taken');
  }
}

/** Folders that hold nothing of a student's. */
export const skippedFolders: ReadonlySet<string> = new Set([
  '.git',
  '.kata',
  '__MACOSX',
  'node_modules',
]);
