/**
 * What is taken of one student. A kata-sized answer stays far below; without them one hand-in could fill the memory of the grader.
 * Sizes are counted while the bytes are read, never believed from what an archive says of itself.
 */
export interface Limits {
  /** Bytes of one file. */
  readonly fileBytes: number;
  /** Files that are taken. */
  readonly files: number;
  /** Bytes that are read in all, unpacked, an archive in the hand-in included. */
  readonly studentBytes: number;
  /** Names that are looked at: with its node_modules a zip has some ten thousand. */
  readonly names: number;
  /** Folders in folders. */
  readonly depth: number;
}

export const defaultLimits: Limits = {
  fileBytes: 1_000_000,
  files: 200,
  studentBytes: 20_000_000,
  names: 100_000,
  depth: 10,
};
