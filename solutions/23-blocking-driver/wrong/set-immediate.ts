// The query begins one turn of the loop later, and then holds it just the same.
// fails: the event loop stays free while a long query runs
// fails: short queries end while a long one runs on another connection
// fails: starts no more threads than max, however many queries there are
// fails: rejects an aborted caller at once, though its query runs on
// fails: an aborted query keeps its connection until SQLite is done
// fails: an aborted query that has not begun is refused, and never runs
// fails: leaves no listener on the signal
// fails: a thread that ends rejects its own query only, and is replaced
// fails: leaves no query unanswered when it is closed, and takes no more
import { DatabaseSync } from 'node:sqlite';

/** A SQLite file that can be asked while the program goes on. */
export class Database {
  #database: DatabaseSync;

  constructor(file: string, _options: { max?: number } = {}) {
    this.#database = new DatabaseSync(file);
  }

  async query<Row>(
    sql: string,
    params: unknown[] = [],
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<Row[]> {
    signal?.throwIfAborted();
    return new Promise<Row[]>((resolve, reject) => {
      setImmediate(() => {
        try {
          resolve(this.#database.prepare(sql).all(...(params as any[])) as Row[]);
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  async close(): Promise<void> {
    this.#database.close();
  }
}
