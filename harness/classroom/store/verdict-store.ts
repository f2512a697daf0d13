import { randomBytes } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../../catalog/message-of.ts';
import { unknownVerdicts, type Grade } from '../grade-report.ts';
import { StoreError } from './store-error.ts';

/** What a verdict belongs to: the same answer to the same kata, judged by the same harness, is judged once. */
export interface VerdictKey {
  /** By `submissionHash`. */
  readonly submission: string;
  readonly kata: string;
  /** By `harnessHasher`. */
  readonly harness: string;
}

/** A grade that belongs to no student yet: several may have handed in the same. */
export type StoredGrade = Omit<Grade, 'student'>;

/** What a student had for a kata when the class was last reported. */
export type LastGrade = Pick<Grade, 'student' | 'kata' | 'verdict' | 'passedTests' | 'allTests'>;

/** Raised with every change of the tables: a store of another version is not read, and not changed. */
const version = 1;

const tables = `
  CREATE TABLE verdicts (
    submission TEXT NOT NULL, kata TEXT NOT NULL, harness TEXT NOT NULL,
    round INTEGER NOT NULL, grade TEXT NOT NULL,
    PRIMARY KEY (submission, kata, harness)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE unknown (
    submission TEXT NOT NULL, kata TEXT NOT NULL, harness TEXT NOT NULL,
    round INTEGER NOT NULL, attempts INTEGER NOT NULL, grade TEXT NOT NULL,
    PRIMARY KEY (submission, kata, harness)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE tests (
    kata TEXT NOT NULL, harness TEXT NOT NULL, names TEXT NOT NULL,
    PRIMARY KEY (kata, harness)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE reported (
    student TEXT NOT NULL, kata TEXT NOT NULL, verdict TEXT NOT NULL,
    passedTests INTEGER NOT NULL, allTests INTEGER NOT NULL,
    PRIMARY KEY (student, kata)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE run (seed TEXT NOT NULL, round INTEGER NOT NULL, regrading INTEGER NOT NULL) STRICT;
`;

/**
 * The verdicts of a class, in a file. Each is there as soon as `put` returns, whatever becomes of the process after it; none is there in part.
 * One process at a time: a second one is told so.
 */
export class VerdictStore {
  readonly #database: DatabaseSync;
  readonly #seed: string;
  #round: number;
  #regrading: boolean;

  /**
   * Opens a store, and makes it where there is none.
   *
   * @param file its path; `:memory:` for one that is not kept.
   * @throws {StoreError} where another process has it open, or it is not a store of this version.
   */
  static open(file: string): VerdictStore {
    let database: DatabaseSync | null = null;
    try {
      database = new DatabaseSync(file);
      prepare(database, file);
      return new VerdictStore(database);
    } catch (error) {
      database?.close();
      throw explain(error, file);
    }
  }

  private constructor(database: DatabaseSync) {
    this.#database = database;
    const run = database.prepare('SELECT seed, round, regrading FROM run').get()!;
    this.#seed = String(run['seed']);
    this.#round = Number(run['round']);
    this.#regrading = Number(run['regrading']) === 1;
  }

  /** From which the inputs of every answer come: drawn once for a store, so that a run that goes on uses the same. */
  get seed(): string {
    return this.#seed;
  }

  /** How many times the class has been judged anew. */
  get round(): number {
    return this.#round;
  }

  /** The verdict on an answer; null where it is not known. While a regrade is under way, only what that has judged is known to it. */
  get(key: VerdictKey, since = 0): StoredGrade | null {
    const row = this.#database
      .prepare(
        'SELECT grade FROM verdicts WHERE submission = ? AND kata = ? AND harness = ? AND round >= ?',
      )
      .get(key.submission, key.kata, key.harness, since);
    return row === undefined ? null : (JSON.parse(String(row['grade'])) as StoredGrade);
  }

  /**
   * Keeps a verdict.
   *
   * @throws {TypeError} for a verdict that says nothing about the answer: it must never be served as known.
   */
  put(key: VerdictKey, grade: StoredGrade): void {
    if (unknownVerdicts.has(grade.verdict)) {
      throw new TypeError(`Expected a verdict about the answer, got ${grade.verdict}.`);
    }
    const { submission, kata, harness } = key;
    this.#atOnce(() => {
      this.#database
        .prepare('INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?, ?, ?)')
        .run(submission, kata, harness, this.#round, JSON.stringify(grade));
      this.#forget(key);
    });
  }

  /** What came of an answer that could not be judged, and how often it was tried; null where it was not tried in vain. */
  unknown(key: VerdictKey, since = 0): { attempts: number; grade: StoredGrade } | null {
    const row = this.#database
      .prepare(
        'SELECT attempts, grade FROM unknown WHERE submission = ? AND kata = ? AND harness = ? AND round >= ?',
      )
      .get(key.submission, key.kata, key.harness, since);
    if (row === undefined) return null;
    return {
      attempts: Number(row['attempts']),
      grade: JSON.parse(String(row['grade'])) as StoredGrade,
    };
  }

  /** Remembers that an answer could not be judged, for `attempts` times by now. */
  putUnknown(key: VerdictKey, grade: StoredGrade, attempts: number): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO unknown VALUES (?, ?, ?, ?, ?, ?)')
      .run(key.submission, key.kata, key.harness, this.#round, attempts, JSON.stringify(grade));
  }

  /** Forgets that an answer was tried in vain, so that it is tried again. */
  forgetUnknown(key: VerdictKey): void {
    this.#forget(key);
  }

  /** The names of a kata's tests, as they were put; null where they were not. */
  tests(kata: string, harness: string): readonly string[] | null {
    const row = this.#database
      .prepare('SELECT names FROM tests WHERE kata = ? AND harness = ?')
      .get(kata, harness);
    return row === undefined ? null : (JSON.parse(String(row['names'])) as string[]);
  }

  putTests(kata: string, harness: string, names: readonly string[]): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO tests VALUES (?, ?, ?)')
      .run(kata, harness, JSON.stringify(names));
  }

  /**
   * Begins to judge everything anew, or goes on with it where that was begun and not ended.
   *
   * @returns the round from which on a verdict counts, and whether it was begun before.
   */
  beginRegrade(): { since: number; goesOn: boolean } {
    if (this.#regrading) return { since: this.#round, goesOn: true };
    this.#database.exec('UPDATE run SET round = round + 1, regrading = 1');
    this.#round += 1;
    this.#regrading = true;
    return { since: this.#round, goesOn: false };
  }

  /** What was reported last, by student and kata: what a regrade is compared with. */
  lastReported(): LastGrade[] {
    return this.#database
      .prepare('SELECT student, kata, verdict, passedTests, allTests FROM reported')
      .all() as unknown as LastGrade[];
  }

  /** Remembers what was reported, once the reports are written; a regrade has then ended where `endsRegrade` says so. */
  remember(grades: readonly Grade[], { endsRegrade }: { readonly endsRegrade: boolean }): void {
    const insert = this.#database.prepare('INSERT OR REPLACE INTO reported VALUES (?, ?, ?, ?, ?)');
    this.#atOnce(() => {
      for (const { student, kata, verdict, passedTests, allTests } of grades) {
        insert.run(student, kata, verdict, passedTests, allTests);
      }
      if (endsRegrade) this.#database.exec('UPDATE run SET regrading = 0');
    });
    if (endsRegrade) this.#regrading = false;
  }

  close(): void {
    this.#database.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #forget({ submission, kata, harness }: VerdictKey): void {
    this.#database
      .prepare('DELETE FROM unknown WHERE submission = ? AND kata = ? AND harness = ?')
      .run(submission, kata, harness);
  }

  #atOnce(change: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      change();
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

function prepare(database: DatabaseSync, file: string): void {
  // Held from the first access until the process ends, however it ends: two runs at once would judge the same answers twice.
  database.exec('PRAGMA locking_mode = EXCLUSIVE');
  database.exec('PRAGMA journal_mode = WAL');
  // Each verdict is on the disk before the next is judged: it outlives a power cut too.
  database.exec('PRAGMA synchronous = FULL');
  database.exec('BEGIN IMMEDIATE');
  const found = Number(database.prepare('PRAGMA user_version').get()!['user_version']);
  const isNew =
    found === 0 && database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
  if (isNew) {
    database.exec(tables);
    database.prepare('INSERT INTO run VALUES (?, 0, 0)').run(randomBytes(16).toString('hex'));
    database.exec(`PRAGMA user_version = ${version}`);
  } else if (found !== version) {
    throw new StoreError(
      `Expected verdicts of version ${version} in ${file}, got version ${found}. Name another folder by --out, or move the file away.`,
    );
  }
  database.exec('COMMIT');
}

function explain(error: unknown, file: string): StoreError {
  if (error instanceof StoreError) return error;
  const code = (error as { errcode?: unknown }).errcode;
  // The lowest byte is SQLite's primary code: 5 busy, 6 locked.
  if (typeof code === 'number' && [5, 6].includes(code & 255)) {
    return new StoreError(
      `Another run is grading into ${file}. Wait until it has ended, or name another folder by --out.`,
      { cause: error },
    );
  }
  return new StoreError(
    `The verdicts cannot be kept in ${file}: ${messageOf(error)}. Name another folder by --out.`,
    { cause: error },
  );
}
