import diagnostics from 'node:diagnostics_channel';
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
});

test('gives the rows with the values that the driver gives', async () => {
  await using database = await openDatabase({ max: 1 });
  const bytes = new TextEncoder().encode(mark);
  const row = { a: null, b: 7, c: 0.5, d: `Zoë ${mark}`, e: bytes.slice() };
  const params = [row.a, row.b, row.c, row.d, bytes];

  const values = await database.rows('SELECT ? AS a, ? AS b, ? AS c, ? AS d, ? AS e', params);
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
  expect(values, 'The row of a null, two numbers, a text and some bytes').toEqual([row]);
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
  using other = new DatabaseSync(database.file);

  const inserted = await database.rows('INSERT INTO seats VALUES (?, ?)', [4, 'seat 4']);
  const written = other.prepare('SELECT name FROM seats WHERE id = 4').all();
  other.exec("INSERT INTO seats VALUES (5, 'seat 5')");
  const read = await database.rows('SELECT id, name FROM seats WHERE id > 3 ORDER BY id');
  const mode = await database.rows('PRAGMA journal_mode');

  expect(inserted, 'The rows of an INSERT').toEqual([]);
  expect(written, 'What another connection reads of a row that yours inserted').toEqual([
    { name: 'seat 4' },
  ]);
  expect(read, 'What yours read of its own row and of another one').toEqual([seat(4), seat(5)]);
  const sentence = 'The journal mode of the file, which you must leave as it was';
  expect(mode, sentence).toEqual([{ journal_mode: 'delete' }]);
});

test('short queries end while a long one runs on another connection', async () => {
  await using database = await openDatabase({ max: 2 });

  const long = await database.startLong();
  const values = random().shuffle(['a', 'b', 'c', 'd']);
  const short = Promise.all(values.map((value) => database.query(one, [value])));
  const what =
    'the end of four short queries, while a long one keeps only one of two connections busy';
  const rows = await finished(short, what);
  expect(await settled(long.answer), 'The long query, which cannot have ended').toBe('pending');
  long.end();

  expect(rows).toEqual(values.map((value) => [{ value }]));
  const answer = await finished(long.answer, 'the end of the long query', soon);
  expect(answer, 'The rows of the long query').toEqual([{ value: long.value }]);
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
  await database.rows('INSERT INTO temp.notes VALUES (?)', [mark]);
  const notes = await database
    .rows('SELECT text FROM temp.notes')
    .catch((error: unknown) =>
      expect.fail(
        `With max: 1, one query made a temporary table, and a later one did not find it: ${String(error)}.`,
      ),
    );

  const sentence = 'A temporary table belongs to its connection, and max is 1. Its rows';
  expect(notes, sentence).toEqual([{ text: mark }]);
});

test('rejects an aborted caller at once, though its query runs on', async () => {
  await using database = await openDatabase({ max: 1 });
  const { signal, reason, abort } = abortable();

  const long = await database.startLong({ signal });
  abort();
  await refusal(long.answer, { reason }, soon);

  // Not before: SQLite was still at work when the caller was told.
  long.end();
  expect(await database.rows(one, [mark]), 'The rows of the next query').toEqual([{ value: mark }]);
});

test('an aborted query keeps its connection until SQLite is done', async () => {
  await using database = await openDatabase({ max: 1 });
  const { signal, abort } = abortable();

  const long = await database.startLong({ signal });
  abort();
  const next = database.query(one, [mark]);
  await turns(3);
  long.end();
  const rows = await finished(next, 'the end of the query after one that was aborted');

  expect(rows, 'The rows of the query after one that was aborted').toEqual([{ value: mark }]);
  const sentence = 'Threads at once, with a max of 1, when a query was aborted while it ran';
  expect(database.threads.most, sentence).toBe(1);
});

test('an aborted query that has not begun is refused, and never runs', async () => {
  await using database = await openDatabase({ max: 1 });
  const { signal, reason, abort } = abortable();
  const insert = 'INSERT INTO seats VALUES (4, ?)';

  const long = await database.startLong();
  const waiting = database.query(insert, ['waited when it was aborted'], { signal });
  abort();
  await refusal(waiting, { reason }, soon);
  const late = database.query(insert, ['came with an aborted signal'], { signal });
  await refusal(late, { reason }, soon);
  long.end();

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

  expect(signal).toHaveNoListeners('abort');
});

test('a thread that ends rejects its own query only, and is replaced', async () => {
  await using database = await openDatabase({ max: 2, gates: 3 });

  const long = [await database.startLongBesideShort(), await database.startLong()];
  const crashed = database.threads.living().at(-1);
  void crashed?.terminate();
  for (const { end } of long) end();
  const ends = Promise.allSettled(long.map(({ answer }) => answer));
  const what = 'the end of two queries, after the thread of one of them had ended';
  const outcomes = (await finished(ends, what, soon)).map(({ status }) => status);

  const sentence = 'How two queries ended, when the thread of one of them had ended';
  expect(outcomes.toSorted(), sentence).toEqual(['fulfilled', 'rejected']);

  const { answer, end } = await database.startLongBesideShort();
  end();
  await finished(answer, 'the end of a long query', soon);
});

test('leaves no query unanswered when it is closed, and takes no more', async () => {
  await using database = await openDatabase({ max: 1 });

  const long = await database.startLong();
  const waiting = database.query(one, [mark]);
  const closing = database.close();
  await turns(3);
  long.end();

  const ends = Promise.allSettled([long.answer, waiting]);
  const what = 'the end of the queries that ran or waited when the database was closed';
  await finished(ends, what, soon);
  await finished(closing, 'the end of close()', soon);
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

  const what = 'a program that awaits a query and closes its database';
  await program.line('closed', what, { limitMs: 7000 });
  const exit = await program.ended('the end of a program that has closed its database', {
    limitMs: 1000,
  });

  expect(
    program.lines,
    'What a program printed: the value of its query, and that it closed',
  ).toEqual([mark, 'closed']);
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
  max: number;
  /** How many long queries the test starts at most. */
  gates?: number;
}

/** The learner's database over a new file with three seats. */
async function openDatabase({ max, gates: count = 1 }: Wanted): Promise<Opened> {
  const { Database } = await load();
  using cleanUp = new DisposableStack();
  const { file } = cleanUp.use(makeFolder());
  const gates = Array.from({ length: count }, () => cleanUp.use(new SqlGate(file)));
  const threads = cleanUp.use(watchThreads());
  const database = new Database(file, { max });
  return new Opened(database, { file, gates, threads, cleanUp: cleanUp.move() });
}

type Learners = InstanceType<Awaited<ReturnType<typeof load>>['Database']>;

interface Things {
  file: string;
  gates: SqlGate[];
  threads: ReturnType<typeof watchThreads>;
  cleanUp: DisposableStack;
}

/** The learner's database, and words to ask about it; all that it opened is put away at the end, whatever it does. */
class Opened {
  readonly file: string;
  readonly threads: Things['threads'];
  #database: Learners;
  #things: Things;
  #gatesUsed = 0;

  constructor(database: Learners, things: Things) {
    this.file = things.file;
    this.threads = things.threads;
    this.#database = database;
    this.#things = things;
  }

  query<T = Row>(sql: string, params?: unknown[], options?: { signal: AbortSignal }): Promise<T[]> {
    return heard(Promise.try(() => this.#database.query<T>(sql, params, options)));
  }

  close(): Promise<void> {
    return heard(Promise.try(() => this.#database.close()));
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
   */
  async startLong(options?: { signal: AbortSignal }) {
    if (this.#gatesUsed === 0) await this.rows(one, [mark]);
    const gate = this.#things.gates[this.#gatesUsed++]!;
    const value = `${mark} ${this.#gatesUsed}`;
    const before = otherThreadsCpuMs();
    const answer = this.query(gate.sql, [value], options);
    let over = false;
    const end = () => {
      over = true;
    };
    answer.then(end, end);
    const begun = () => over || otherThreadsCpuMs() - before >= 20;
    await until(begun, 'the start of a long query', patience);
    if (over) {
      const rows = JSON.stringify(await answer);
      expect.fail(`A long query was over before it could end. Its rows were ${rows}.`);
    }
    return { value, answer, end: () => gate.open() };
  }

  /** Starts a long query and uses another connection beside it: afterwards that one is there, and free. */
  async startLongBesideShort() {
    const long = await this.startLong();
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

/** The error with which `query` is rejected. */
async function refusal(
  query: Promise<unknown>,
  expected: object = {},
  limit: UntilOptions = patience,
): Promise<Error> {
  await ended(query, 'the refusal of a query', limit);
  const error = await query.then(
    () => expect.fail('A query gave rows, and it should have been refused.'),
    (error: unknown) => error,
  );
  if (Object.keys(expected).length > 0) await expect(Promise.reject(error)).toRejectWith(expected);
  expect(error, 'What the query was rejected with').toBeInstanceOf(Error);
  return error as Error;
}

function abortable() {
  const controller = new AbortController();
  const reason = new Error(`nobody needs it any more (${mark})`);
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
