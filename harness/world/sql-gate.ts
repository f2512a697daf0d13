import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { callerStack } from './caller-stack.ts';
import { blamedFrame } from '../trace/source-location.ts';
import { WorldError } from './world-error.ts';

/**
 * So large that most of it lies outside the row's own page: SQLite reads such a value from the file each time it is asked for
 * (https://sqlite.org/compile.html#direct_overflow_read), so a running query sees what another thread writes there.
 */
const lockBytes = 12_000;
const closed = Buffer.from([0]);
const opened = Buffer.from([1]);
/** Looks, a microsecond or two each, after which a query ends that nobody ever let through. */
const mostLooks = 10_000_000;

/**
 * A gate in a database file. A query at it is a long computation inside SQLite, which ends when this thread opens the gate and never
 * before. So the order of events tells what went on meanwhile, and no clock is asked.
 *
 * While there is one, this thread refuses its query: it would sleep for ever.
 *
 * @example
 * using gate = new SqlGate(file);
 * const long = database.query(gate.sql, ['through']);
 * await database.query('SELECT 1');
 * gate.open();
 * expect(await long).toEqual([{ value: 'through' }]);
 */
export class SqlGate implements Disposable {
  /** A query of one parameter: it gives one row, with that parameter as its `value`. */
  readonly sql: string;
  #file: number;
  #position: number;
  #allow: () => void;

  /**
   * @param file the path of a database that nobody uses yet; it gets one more row in its table `gate`.
   * @throws {Error} of SQLite, where it is no database.
   */
  constructor(file: string) {
    const mark = randomBytes(16);
    const id = addLock(file, mark);
    this.sql = `
      WITH RECURSIVE looking(look) AS (
        SELECT 0 UNION ALL
        SELECT look + 1 FROM looking WHERE look < ${mostLooks}
          AND (SELECT substr(lock, -1) FROM gate WHERE id = ${id} AND look >= 0) = x'00'
      )
      SELECT ? AS value FROM (SELECT max(look) AS looks FROM looking) WHERE looks >= 0`;
    this.#position = readFileSync(file).indexOf(Buffer.concat([mark, closed])) + mark.length;
    this.#file = openSync(file, 'r+');
    this.#allow = refuseHere(this.sql);
  }

  /** Lets everybody through, now and later. */
  open(): void {
    writeSync(this.#file, opened, 0, opened.length, this.#position);
  }

  /** Opens it, so that no thread goes on after its test. */
  [Symbol.dispose](): void {
    this.open();
    this.#allow();
    closeSync(this.#file);
  }
}

/** Writes the row that is looked at, and gives its id. */
function addLock(file: string, mark: Buffer): number {
  using database = new DatabaseSync(file);
  // Nobody needs it after a loss of power, so nobody waits for the disk.
  database.exec('PRAGMA synchronous = OFF');
  database.exec('CREATE TABLE IF NOT EXISTS gate (id INTEGER PRIMARY KEY, lock BLOB)');
  const lock = Buffer.concat([Buffer.alloc(lockBytes - mark.length - 1), mark, closed]);
  const { lastInsertRowid } = database.prepare('INSERT INTO gate (lock) VALUES (?)').run(lock);
  return Number(lastInsertRowid);
}

/** Makes `sql` an error in this thread, until what is returned is called. */
function refuseHere(sql: string): () => void {
  const { prototype } = DatabaseSync;
  // oxlint-disable-next-line typescript/unbound-method -- both are called with the `this` that they are called with
  const { prepare, exec } = prototype;
  const check = (asked: unknown): void => {
    if (typeof asked !== 'string' || !asked.includes(sql)) return;
    throw new WorldError(
      'Your code ran a long query on the thread of the event loop: nothing else could run until it ended.',
      { kind: 'assertion', location: blamedFrame(callerStack()) },
    );
  };
  prototype.prepare = function (...args) {
    check(args[0]);
    return Reflect.apply(prepare, this, args);
  };
  prototype.exec = function (...args) {
    check(args[0]);
    return Reflect.apply(exec, this, args);
  };
  return () => Object.assign(prototype, { prepare, exec });
}
