import { DatabaseSync } from 'node:sqlite';

// TODO: the driver is synchronous. `async` makes a promise of its answer, but the query still runs here.
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
    return this.#database.prepare(sql).all(...(params as any[])) as Row[];
  }

  async close(): Promise<void> {
    this.#database.close();
  }
}
