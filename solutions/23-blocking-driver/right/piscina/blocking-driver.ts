import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';

// A pool that others maintain. It would end the thread of an aborted task, and start another one beside it: one connection too many,
// since SQLite does not stop. So the pool never hears of the signal. A flag in shared memory tells the thread not to begin.
export class Database {
  #pool: Piscina;
  #closed = false;

  constructor(file: string, { max = 4 }: { max?: number } = {}) {
    this.#pool = new Piscina({
      filename: fileURLToPath(new URL('database-worker.ts', import.meta.url)),
      workerData: file,
      minThreads: max,
      maxThreads: max,
    });
  }

  async query<Row>(
    sql: string,
    params: unknown[] = [],
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<Row[]> {
    signal?.throwIfAborted();
    // Once closed, piscina would take tasks again.
    if (this.#closed) throw new Error('The database is closed.');
    const unwanted = new Int32Array(new SharedArrayBuffer(4));
    const aborted = Promise.withResolvers<never>();
    const abort = (): void => {
      Atomics.store(unwanted, 0, 1);
      aborted.reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort);
    try {
      const task = this.#pool.run({ sql, params, unwanted });
      const { rows, error } = await Promise.race([task, aborted.promise]);
      if (error) throw Object.assign(new Error(error.message), { name: error.name });
      return rows;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#pool.close();
  }
}
