import diagnostics from 'node:diagnostics_channel';
import { getEventListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Worker } from 'node:worker_threads';
import {
  expect,
  judgeLoop,
  kata,
  random,
  settled,
  SqlGate,
  startProgram,
  test,
  turns,
  until,
  wrapFunctions,
} from '#harness';
import type { UntilOptions } from '#harness';

const load = kata(() => import('./blocking-driver.ts'));

/** Looks, a millisecond apart at least, within which a thread or a process that starts has come to work. */
const patience = { limitMs: 3000, idleMs: 1500 };
/** The same for what needs no thread to start. */
const soon = { limitMs: 1000 };
const mark = random().nonce();
const one = 'SELECT ? AS value';

test('the event loop stays free while a long query runs', async () => {
  const chance = random();
  await using database = await openDatabase({ max: 1 });
  await database.rows(one, [mark]);

  const report = await judgeLoop({
    prepare: () => 2_000_000 + chance.int(0, 1000),
    work: async (last) => {
      const [row] = await database.query(sumUpTo, [last]);
      expect(row, `The sum of the numbers up to ${last}`).toEqual({ sum: (last * (last + 1)) / 2 });
    },
  });

  expect(report).toLeaveTheLoopFree();
  using here = watchQueriesHere();
  await database.rows(one, [mark]);
  await database.rows('INSERT INTO seats VALUES (?, ?)', [4, 'seat 4']);
  await refusal(database.query('SELECT * FROM nothing'));
  const sentence = 'Statements that the main thread gave to the driver, of three short ones';
  expect(here.statements, sentence).toEqual([]);
});

test('gives the rows with the values that the driver gives', async () => {
  await using database = await openDatabase({ max: 1 });
  // A part of a larger buffer, as many a `Buffer` is.
  const bytes = new TextEncoder().encode(`<${mark}>`).subarray(1, -1);
  const row = { a: null, b: 7, c: 0.5, d: `Zoë ${mark}`, e: bytes.slice(), f: 0, g: '' };
  const params = [row.a, row.b, row.c, row.d, bytes, row.f, row.g];

  const select = 'SELECT ? AS a, ? AS b, ? AS c, ? AS d, ? AS e, ? AS f, ? AS g';
  const values = await database.rows(select, params);
  const seats = await database.rows('SELECT id, name FROM seats ORDER BY id DESC');
  const none = await database.rows('SELECT id FROM seats WHERE id > ?', [100]);
  const insert = 'INSERT INTO seats VALUES (?, ?) RETURNING id, name';
  const returned = await database.rows(insert, [4, 'seat 4']);

  if (bytes.length === 0) {
    expect.fail(
      "After the query the caller's own Uint8Array is empty: you have moved it, not copied it.",
    );
  }
  expect(params, 'The params of the caller, after the query').toEqual(Object.values(row));
  const what = 'The row of a null, two numbers, a text, some bytes, a zero and an empty text';
  expect(values, what).toEqual([row]);
  expect(seats, 'Three rows of a table').toEqual([seat(3), seat(2), seat(1)]);
  expect(none, 'The rows of a query that finds none').toEqual([]);
  const sentence = 'The rows of an INSERT with RETURNING, which gives rows as a SELECT does';
  expect(returned, sentence).toEqual([seat(4)]);
});

test('rejects with the name and the message of the error of the driver', async () => {
  await using database = await openDatabase({ max: 1 });
  const mistakes: Mistake[] = [
    [`SELECT * FROM seats_${mark}`, []],
    ['SELECT ?, ?', [1, {}]],
    // The driver takes this one, and throws when it reads the row.
    ['SELECT 9007199254740993 AS number', []],
  ];

  for (const [sql, params] of mistakes) {
    const error = await refusal(database.query(sql, params));

    const expected = errorOf(sql, params);
    const sentence = `The error of the query ${sql}`;
    expect(`${error.name}: ${error.message}`, sentence).toBe(
      `${expected.name}: ${expected.message}`,
    );
  }
  expect(await database.rows(one, [mark]), 'The rows of the next query').toEqual([{ value: mark }]);
});

test('reads and writes the same file as everybody else', async () => {
  await using database = await openDatabase({ max: 2 });
  // Of the same class, with another file, and without `max`.
  await using second = await openDatabase({ beside: database });
  using other = new DatabaseSync(database.file);
  const select = 'SELECT id, name FROM seats WHERE id > 3 ORDER BY id';

  const before = await database.rows(select);
  const inserted = await database.rows('INSERT INTO seats VALUES (?, ?)', [4, 'seat 4']);
  const written = other.prepare('SELECT name FROM seats WHERE id = 4').all();
  other.exec("INSERT INTO seats VALUES (5, 'seat 5')");
  const read = await database.rows(select);
  const foreignKeys = await database.rows('PRAGMA foreign_keys');
  const ofSecond = await finished(
    second.query(select),
    'the end of a short query of a database that was made without max, beside another one',
  );

  expect(before, 'What yours read before there were more rows').toEqual([]);
  expect(inserted, 'The rows of an INSERT').toEqual([]);
  expect(written, 'What another connection reads of a row that yours inserted').toEqual([
    { name: 'seat 4' },
  ]);
  expect(read, 'What yours read of its own row and of another one').toEqual([seat(4), seat(5)]);
  const keys = 'Whether the connection checks foreign keys, which the driver does by default';
  expect(foreignKeys, keys).toEqual([{ foreign_keys: 1 }]);
  const apart = 'The same rows in a second Database, which has another file without them';
  expect(ofSecond, apart).toEqual([]);

  // Whether a connection waits for a lock is up to its options.
  other.exec('BEGIN EXCLUSIVE');
  const locked = database.query(select).catch((error: Error) => error.message);
  await turns(20);
  other.exec('ROLLBACK');
  const unlocked = 'the end of a query that came while the file was locked';
  const what = 'What came of a query while the file was locked: its rows, or the error';
  expect([[seat(4), seat(5)], 'database is locked'], what).toContainEqual(
    await finished(locked, unlocked),
  );
});

test('short queries end while a long one runs on another connection', async () => {
  await using database = await openDatabase({ max: 3, gates: 2 });

  const long = await database.startLong();
  const second = await database.startLong();
  const values = random().shuffle(['a', 'b', 'c', 'd']);
  const short = Promise.all(values.map((value) => database.query(one, [value])));
  const what =
    'the end of four short queries, while two long ones keep only two of three connections busy';
  const rows = await finished(short, what);
  for (const { answer, end } of [long, second]) {
    expect(await settled(answer), 'A long query, which cannot have ended').toBe('pending');
    end();
  }

  expect(rows).toEqual(values.map((value) => [{ value }]));
  for (const { answer, value } of [long, second]) {
    const longRows = await finished(answer, 'the end of a long query', soon);
    expect(longRows, 'The rows of a long query').toEqual([{ value }]);
  }
});

test('starts no more threads than max, however many queries there are', async () => {
  await using database = await openDatabase({ max: 2 });

  const long = await database.startLong();
  const burst = Promise.all(Array.from({ length: 8 }, (_, id) => database.query(one, [id])));
  await turns(3);
  long.end();
  await finished(burst, 'the end of eight queries at once');
  await finished(long.answer, 'the end of the long query', soon);
  for (let id = 0; id < 6; id += 1) await database.rows(one, [id]);

  const sentence =
    'Threads that were started, with a max of 2, for queries at once and one after another';
  expect(database.threads.started, sentence).toBeLessThanOrEqual(2);
});

test('uses its connections again', async () => {
  await using database = await openDatabase({ max: 1 });

  await database.rows('CREATE TEMP TABLE notes (text)');
  const insert = () => database.rows('INSERT INTO temp.notes VALUES (?)', [mark]);
  await Promise.all([insert(), insert()]);
  await refusal(database.query('SELECT * FROM nothing'));
  const notes = await database
    .rows('SELECT text FROM temp.notes')
    .catch((error: unknown) =>
      expect.fail(
        `With max: 1, one query made a temporary table, another one was refused by the driver, and a later one did not find the table: ${String(error)}.`,
      ),
    );

  const sentence =
    'A temporary table belongs to its connection, and max is 1. Its rows, after two equal INSERTs at once';
  expect(notes, sentence).toEqual([{ text: mark }, { text: mark }]);
});

test('rejects an aborted caller at once, though its query runs on', async () => {
  await using database = await openDatabase({ max: 1 });
  const { signal, reason, abort } = abortable();
  const early = abortable();

  // The very first query: its thread has just been told to start, or not even that.
  const first = database.query(one, [mark], { signal: early.signal });
  early.abort();
  const what = 'the refusal of the first query, which was aborted at once';
  await refusal(first, { reason: early.reason }, { ...soon, what });

  const long = await database.startLong({ signal });
  const waiting = database.query(one, [mark]);
  abort();
  await refusal(long.answer, { reason }, soon);

  // Not before: SQLite was still at work when the caller was told.
  long.end();
  const behind = 'a query that waited while another one was aborted';
  expect(await finished(unharmed(waiting, behind), `the end of ${behind}`)).toEqual([
    { value: mark },
  ]);
  expect(await database.rows(one, [mark]), 'The rows of the next query').toEqual([{ value: mark }]);
});

test('an aborted query keeps its connection until SQLite is done', async () => {
  await using database = await openDatabase({ max: 1, gates: 2 });
  // A reason need not be an error, nor truthy.
  const { signal, reason, abort } = abortable(null);

  const long = await database.startLong({ signal, fails: true });
  abort();
  await refusal(long.answer, { reason }, soon);
  const next = database.query(one, [mark]);
  await turns(3);
  long.end();
  const what = 'the query after one that was aborted, and failed in SQLite later on';
  const rows = await finished(unharmed(next, what), `the end of ${what}`);
  const other = abortable();
  const last = await database.startLong(other);
  other.abort();
  await refusal(last.answer, { reason: other.reason }, soon);
  const closing = database.close();
  await turns(3);
  const early = 'close(), while SQLite was at work on a query that had been aborted';
  expect(await settled(closing), early).toBe('pending');
  last.end();
  await closed(database, closing);

  expect(rows, 'The rows of the query after one that was aborted').toEqual([{ value: mark }]);
  const sentence = 'Threads at once, with a max of 1, when a query was aborted while it ran';
  expect(database.threads.most, sentence).toBe(1);
});

test('an aborted query that has not begun is refused, and never runs', async () => {
  await using database = await openDatabase({ max: 1 });
  const { signal, reason, abort } = abortable();
  const falsy = abortable(0);
  const insert = 'INSERT INTO seats VALUES (4, ?)';
  falsy.abort();

  const long = await database.startLong();
  const text = 'waited when it was aborted';
  const waiting = [1, 2, 3].map(() => database.query(insert, [text], { signal }));
  const last = database.query(one, [mark]);
  abort();
  for (const query of waiting) await refusal(query, { reason }, soon);
  for (const aborted of [{ signal, reason }, falsy]) {
    const late = database.query(insert, ['came with an aborted signal'], aborted);
    await refusal(late, { reason: aborted.reason }, soon);
  }
  long.end();
  const behind = 'a query that waited behind some that were aborted';
  await finished(unharmed(last, behind), `the end of ${behind}`);
  const idle = 'came with an aborted signal when the connection was free';
  await refusal(database.query(insert, [idle], { signal }), { reason }, soon);

  const rows = await database.rows('SELECT name FROM seats WHERE id = 4');
  expect(rows, 'What queries inserted that were aborted before they began').toEqual([]);
});

test('leaves no listener on the signal', async () => {
  await using database = await openDatabase({ max: 1 });
  const { signal, abort } = abortable();

  await database.rows(one, [mark], { signal });
  await refusal(database.query('SELECT * FROM nothing', [], { signal }));
  expect(signal).toHaveNoListeners('abort');
  const long = await database.startLong({ signal });
  const waiting = database.query(one, [mark], { signal });
  abort();
  long.end();
  await refusal(long.answer, {}, soon);
  await refusal(waiting, {}, soon);
  await refusal(database.query(one, [mark], { signal }), {}, soon);
  // Some answers hear only the end of the query.
  const none = () => getEventListeners(signal, 'abort').length === 0;
  await until(none, 'the signal of aborted queries to have no listeners', soon).catch(() => {});
  expect(signal, 'The signal of aborted queries').toHaveNoListeners('abort');

  await finished(database.close(), 'the end of close()', soon);
  const late = abortable();
  await refusal(database.query(one, [mark], late), {}, soon);
  expect(late.signal).toHaveNoListeners('abort');
});

test('a thread that ends rejects its own query only, and is replaced', async () => {
  await using database = await openDatabase({ max: 2, gates: 4 });
  const { signal } = abortable();

  // One of two threads ends in its query, and the other one is free.
  const first = await database.startLongBesideShort({ signal });
  void (await database.threads.busy()).terminate();
  first.end();
  await refusal(first.answer, {}, { ...soon, what: 'the refusal of a query whose thread ended' });
  expect(signal).toHaveNoListeners('abort');

  // Now the other one is at work, and a query waits.
  const second = await database.startLongBesideShort();
  const busy = await database.threads.busy();
  const third = await database.startLong();
  const waiting = database.query(one, [mark]);
  void busy.terminate();
  second.end();
  await refusal(second.answer, {}, { ...soon, what: 'the refusal of a query whose thread ended' });
  const behind = 'a query that waited for one of two threads, which ended';
  expect(await finished(unharmed(waiting, behind), `the end of ${behind}`)).toEqual([
    { value: mark },
  ]);
  third.end();
  const beside = 'a query whose thread lives, while the other thread ended';
  const rows = await finished(unharmed(third.answer, beside), `the end of ${beside}`, soon);
  expect(rows, `The rows of ${beside}`).toEqual([{ value: third.value }]);

  // Both are free, and one of them ends.
  await database.threads.living().at(-1)?.terminate();
  await turns(5);
  const { answer, end } = await database.startLongBesideShort();
  end();
  await finished(answer, 'the end of a long query, after a thread had ended that was free', soon);
  const sentence = 'Threads at once, with a max of 2, when some had ended';
  expect(database.threads.most, sentence).toBeLessThanOrEqual(2);
});

test('leaves no query unanswered when it is closed, and takes no more', async () => {
  await using database = await openDatabase({ max: 1 });
  const long = await database.startLong();
  const waiting = [database.query(one, [mark]), database.query('SELECT * FROM nothing')];

  // Beside it come and go two others of the same class.
  await using brief = await openDatabase({ max: 1, beside: database });
  await finished(brief.query(one, [mark]), 'the end of a short query, beside another Database');
  await closed(brief);
  await using unused = await openDatabase({ max: 1, beside: database });
  await closed(unused);
  waiting.push(database.query(one, [mark]));
  const states = await Promise.all([long.answer, ...waiting].map(settled));
  const beside = 'Queries that ran or waited, while other databases of the class were closed';
  expect(states, beside).toEqual(states.map(() => 'pending'));

  const closing = database.close();
  // Before the others end: later on it could fail only because its thread is gone.
  const what = 'the refusal of a query that came when close() had been called';
  await refusal(database.query(one, [mark]), {}, { ...soon, what });
  long.end();

  const ends = Promise.allSettled([long.answer, ...waiting]);
  const all = 'the end of the queries that ran or waited when the database was closed';
  await finished(ends, all, soon);
  await closed(database, closing);
  await refusal(database.query(one, [mark]), {}, soon);
});

test('a program can end once it has closed its database', async () => {
  using folder = makeFolder();
  const args = [
    import.meta.resolve('./blocking-driver.ts').replace(/\?.*$/, ''),
    folder.file,
    mark,
  ];
  await using program = startProgram(import.meta.resolve('./one-query.ts'), { args });

  const what = 'a program that awaits two queries and closes its database';
  await program.line('closed', what, { limitMs: 7000 });
  const exit = await program.ended('the end of a program that has closed its database', {
    limitMs: 1000,
  });

  expect(
    program.lines,
    'What a program printed: the value of its two queries, and that it closed',
  ).toEqual([mark, mark, 'closed']);
  expect(exit, 'How the program ended').toEqual({ code: 0, signal: null });
});

type Mistake = [sql: string, params: any[]];
interface Row {
  value: unknown;
}

const sumUpTo = `
  WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
  SELECT sum(n) AS sum FROM numbers`;

function seat(id: number) {
  return { id, name: `seat ${id}` };
}

interface Wanted {
  max?: number;
  /** How many long queries the test starts at most. */
  gates?: number;
  /** A database of the same class. Without one it is a new class. */
  beside?: Opened;
}

/** The learner's database over a new file with three seats. */
async function openDatabase({ max, gates: count = 1, beside }: Wanted): Promise<Opened> {
  const Database = beside?.Database ?? (await load()).Database;
  using cleanUp = new DisposableStack();
  const { file } = cleanUp.use(makeFolder());
  const gates = Array.from({ length: count }, () => cleanUp.use(new SqlGate(file)));
  const threads = cleanUp.use(watchThreads());
  const database = max === undefined ? new Database(file) : new Database(file, { max });
  return new Opened(database, { Database, file, gates, threads, cleanUp: cleanUp.move() });
}

type LearnersClass = Awaited<ReturnType<typeof load>>['Database'];
type Learners = InstanceType<LearnersClass>;

interface Things {
  Database: LearnersClass;
  file: string;
  gates: SqlGate[];
  threads: ReturnType<typeof watchThreads>;
  cleanUp: DisposableStack;
}

/** The learner's database, and words to ask about it; all that it opened is put away at the end, whatever it does. */
class Opened {
  readonly Database: LearnersClass;
  readonly file: string;
  readonly threads: Things['threads'];
  #database: Learners;
  #things: Things;
  #gatesUsed = 0;

  constructor(database: Learners, things: Things) {
    this.Database = things.Database;
    this.file = things.file;
    this.threads = things.threads;
    this.#database = database;
    this.#things = things;
  }

  query<T = Row>(
    sql: string,
    params?: unknown[],
    options?: { signal?: AbortSignal },
  ): Promise<T[]> {
    // What it throws at once is a refusal too.
    return heard(Promise.try(() => this.#database.query<T>(sql, params, options)));
  }

  close(): Promise<void> {
    return heard(
      Promise.try(() => this.#database.close()).catch((error: unknown) => {
        expect.fail(
          `close() rejected with: ${String(error)}. That is for query to tell, not for close.`,
        );
      }),
    );
  }

  /** The rows of a query that has nothing to wait for. */
  rows(...query: Parameters<Opened['query']>): Promise<unknown[]> {
    return finished(this.query(...query), 'the end of a short query');
  }

  /**
   * Starts a query that ends when it is told to, and never before; returns when SQLite is at work on it.
   *
   * Nobody can ask SQLite how far it is. But a thread that has just answered needs next to nothing to take the next query, so what the
   * other threads compute now is that query. In this thread it is refused.
   *
   * @param options.fails whether the driver throws at the end of it.
   */
  async startLong({ fails = false, ...options }: { signal?: AbortSignal; fails?: boolean } = {}) {
    if (this.#gatesUsed === 0) await this.rows(one, [mark]);
    const gate = this.#things.gates[this.#gatesUsed++]!;
    const value = `${mark} ${this.#gatesUsed}`;
    const sql = fails ? `SELECT json(value) FROM (${gate.sql})` : gate.sql;
    const { started } = this.threads;
    const compute = otherThreadsCompute();
    const answer = this.query(sql, [value], options);
    let over = false;
    const end = () => {
      over = true;
    };
    answer.then(end, end);
    const what = 'the start of a long query';
    await until(() => over || compute(), what, patience);
    if (this.threads.started > started) {
      // A thread that was started for it computes before the query does.
      const computeOn = otherThreadsCompute(300);
      await until(() => over || computeOn(), what, patience);
    }
    if (over) {
      const rows = JSON.stringify(await answer);
      expect.fail(`A long query was over before it could end. Its rows were ${rows}.`);
    }
    return { value, answer, end: () => gate.open() };
  }

  /** Starts a long query and uses another connection beside it: afterwards that one is there, and free. */
  async startLongBesideShort(options?: { signal?: AbortSignal }) {
    const long = await this.startLong(options);
    await finished(
      this.query(one, [mark]),
      'the end of a short query, while a long one has one of two connections',
    );
    return long;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { gates, threads, cleanUp } = this.#things;
    for (const gate of gates) gate.open();
    await ended(this.close(), 'the end of close()', { limitMs: 100 }).catch(() => {});
    await threads.end();
    cleanUp.dispose();
  }
}

/** A test that ends early awaits nothing any more: what it started may then fail unheard. */
function heard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** Waits until `work` has ended, well or badly. */
async function ended(
  work: Promise<unknown>,
  what: string,
  limit: UntilOptions = patience,
): Promise<void> {
  let over = false;
  const end = () => {
    over = true;
  };
  work.then(end, end);
  await until(() => over, what, limit);
}

/** The value of `work`; rejects as it does. A query whose thread is gone would be awaited for ever. */
async function finished<T>(
  work: Promise<T>,
  what: string,
  limit: UntilOptions = patience,
): Promise<T> {
  await ended(work, what, limit);
  return work;
}

/** `query`, which what happens to others must not harm. */
function unharmed<T>(query: Promise<T>, what: string): Promise<T> {
  return query.catch((error: unknown) =>
    expect.fail(`This query should have given its rows: ${what}. It was refused: ${String(error)}`),
  );
}

/** Waits until the database is closed, and looks at once whether threads are left. */
async function closed(database: Opened, closing = database.close()): Promise<void> {
  const left = closing.then(() => database.threads.living().length);
  const sentence = 'Threads that still lived when close() had resolved';
  expect(await finished(left, 'the end of close()', soon), sentence).toBe(0);
}

/** The error with which `query` is rejected. */
async function refusal(
  query: Promise<unknown>,
  expected: object = {},
  { what = 'the refusal of a query', ...limit }: UntilOptions & { what?: string } = patience,
): Promise<Error> {
  await ended(query, what, limit);
  const error = await query.then(
    () => expect.fail('A query gave rows, and it should have been refused.'),
    (error: unknown) => error,
  );
  if (Object.keys(expected).length > 0) await expect(Promise.reject(error)).toRejectWith(expected);
  // A reason need not be one.
  if ('reason' in expected) return error as Error;
  expect(error, 'What the query was rejected with').toBeInstanceOf(Error);
  return error as Error;
}

function abortable(reason: unknown = new Error(`nobody needs it any more (${mark})`)) {
  const controller = new AbortController();
  return { signal: controller.signal, reason, abort: () => controller.abort(reason) };
}

/** What the driver itself says of a query. */
function errorOf(sql: string, params: any[]): Error {
  using database = new DatabaseSync(':memory:');
  try {
    database.prepare(sql).all(...params);
  } catch (error) {
    return error as Error;
  }
  return expect.fail(`The driver accepted the query ${sql}.`);
}

/** Asks whether the other threads have computed for a while from now on. */
function otherThreadsCompute(leastMs = 20): () => boolean {
  const before = otherThreadsCpuMs();
  return () => otherThreadsCpuMs() - before >= leastMs;
}

/** Milliseconds that the other threads of this process have computed until now. */
function otherThreadsCpuMs(): number {
  const all = process.cpuUsage();
  const own = process.threadCpuUsage();
  return (all.user + all.system - own.user - own.system) / 1000;
}

/** A folder of its own with a database in it. */
function makeFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), 'blocking-driver-'));
  const file = path.join(folder, 'seats.db');
  using database = new DatabaseSync(file);
  // Nobody needs it after a loss of power, so nobody waits for the disk.
  database.exec('PRAGMA synchronous = OFF');
  database.exec('CREATE TABLE seats (id INTEGER PRIMARY KEY, name TEXT)');
  database.exec("INSERT INTO seats VALUES (1, 'seat 1'), (2, 'seat 2'), (3, 'seat 3')");
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  return { file, [Symbol.dispose]: remove };
}

/** Notes the statements that are given to the driver on this thread from now on. */
function watchQueriesHere() {
  const statements: unknown[] = [];
  const watched = [{ owner: DatabaseSync.prototype, names: ['prepare', 'exec'], prefix: '' }];
  const restore = wrapFunctions(watched, (_name, call, words) => {
    statements.push(words[0]);
    return call();
  });
  return { statements, [Symbol.dispose]: restore };
}

/** Notes the threads that this thread starts from now on. */
function watchThreads() {
  const started: Worker[] = [];
  let most = 0;
  const living = () => started.filter(({ threadId }) => threadId !== -1);
  const note = (message: unknown): void => {
    started.push((message as { worker: Worker }).worker);
    most = Math.max(most, living().length);
  };
  diagnostics.subscribe('worker_threads', note);
  return {
    living,
    /** The one of two that is in SQLite: the other one answers, and this one goes on computing. */
    busy: async (): Promise<Worker> => {
      const threads = living();
      for (let round = 0; round < 20; round += 1) {
        const free = new Set<Worker>();
        for (const thread of threads) {
          const note = () => free.add(thread);
          thread.getHeapStatistics().then(note, () => {});
        }
        const compute = otherThreadsCompute();
        await until(() => free.size > 0 && compute(), 'a long query on one of two threads', soon);
        // One that starts may still answer, though it has been given the query.
        const busy = threads.filter((thread) => !free.has(thread));
        if (busy.length === 1) return busy[0]!;
      }
      return expect.fail('No thread was at work on a long query.');
    },
    get started() {
      return started.length;
    },
    /** The most that lived at the same time. */
    get most() {
      return most;
    },
    /** Ends those that are left, and those that take their places. */
    end: async () => {
      for (let round = 0; round < 5 && living().length > 0; round += 1) {
        await Promise.all(living().map((thread) => thread.terminate()));
        await turns(1);
      }
    },
    [Symbol.dispose]: () => diagnostics.unsubscribe('worker_threads', note),
  };
}
